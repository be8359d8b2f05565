//! Jobs, as the C code of both halves has them: submitted, waited for, looked at, stopped.
//!
//! # Safety
//! That of [`super`]: a future's handle is an `Arc<Job>`, a lane's an `Arc<Lane>`; out-pointers are writable.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::Arc;
use std::time::Duration;

use super::super::job::{Job, Task};
use super::super::script::{Prepared, ScriptMode};
use super::super::sys::fork;
use super::super::{CancelOutcome, Outcome};
use super::gate::{failing, logging, refuse, refusing, tell};
use super::place::{Place, engine};
use super::share::Counted;
use super::{into_handle, of_handle};
use crate::bridge::abi::{self, JobNames, OutcomeView, Parcel, Refusal, Slice};
use crate::bridge::message::{Content, Image, Message, Owned};
use crate::core::outcome::Came;
use crate::core::stop::{Stop, Stopped};
use crate::core::waiter::Wait;
use crate::core::{Deadline, Error, JobState};

/// A deadline in nanoseconds of `CLOCK_MONOTONIC`; negative: never.
pub(super) fn deadline(at: i64) -> Deadline {
    let Ok(at) = u64::try_from(at) else {
        return Deadline::never();
    };
    Deadline::after(Duration::from_nanos(at).saturating_sub(super::super::sys::process::monotonic_time()))
}

/// How a call comes back whose wait ended so; `flow` is what the host's side says.
pub(super) fn code(waited: Wait, flow: c_int) -> c_int {
    match waited {
        _ if flow != abi::DONE => flow,
        Wait::Done => abi::DONE,
        Wait::TimedOut => abi::TIMED_OUT,
        Wait::Interrupted | Wait::Forked => abi::LEAVE, // in the child C throws
    }
}

pub(super) unsafe extern "C" fn task_submit<P: Place>(
    lane: *mut c_void,
    items: u32,
    code: *mut c_void,
    message: *mut Message,
    limit: f64,
    future: *mut *mut c_void,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the file's rule: the message, if any, is handed over; the handles are good or null.
        let (code, message, lane) = unsafe {
            (
                (!code.is_null()).then(|| of_handle::<Image>(code)),
                (!message.is_null()).then(|| Owned::from_raw(message)),
                (!lane.is_null()).then(|| of_handle(lane)),
            )
        };
        let submitted = engine().and_then(|engine| {
            let lane = lane.unwrap_or_else(|| Arc::clone(&engine.main));
            while !lane.has_room() {
                let (waited, flow) = P::wait(|waiter| lane.wait_for_room(waiter));
                match waited {
                    Some(Wait::Done) if flow == abi::DONE => {}
                    _ => return Ok(Err(if flow == abi::DONE { abi::LEAVE } else { flow })),
                }
            }
            let task = Task { items, code, message };
            let limit = (limit > 0.0).then(|| Duration::try_from_secs_f64(limit).ok()).flatten();
            engine.submit_task(lane, task, P::surroundings()?, limit).map(Ok)
        });
        // SAFETY: the out-pointers are writable.
        unsafe {
            match submitted {
                Ok(Ok(job)) => {
                    *future = into_handle(job);
                    abi::DONE
                }
                Ok(Err(flow)) => flow,
                Err(error) => refuse(refusal, &error),
            }
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("task_submit", refusal, act) }
}

pub(super) unsafe extern "C" fn script_submit<P: Place>(
    file: *const Slice,
    arguments: *const Slice,
    count: usize,
    future: *mut *mut c_void,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the caller passes `count` slices, valid for this call; the out-pointers are writable.
        unsafe {
            let bytes = |slice: &Slice| std::slice::from_raw_parts(slice.ptr.cast::<u8>(), slice.len).to_vec();
            let mut argv = vec![bytes(&*file)];
            argv.extend((0..count).map(|index| bytes(&*arguments.add(index))));
            let submitted = engine().and_then(|engine| {
                engine.submit_script(Prepared::inside(
                    P::surroundings()?,
                    ScriptMode::File,
                    bytes(&*file),
                    argv,
                )?)
            });
            match submitted {
                Ok(job) => {
                    *future = into_handle(job);
                    abi::DONE
                }
                Err(error) => refuse(refusal, &error),
            }
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("script_submit", refusal, act) }
}

pub(super) unsafe extern "C" fn wait<P: Place>(future: *mut c_void, at: i64, refusal: *mut Refusal) -> c_int {
    let act = || {
        // SAFETY: the file's rule; the handle is good for the length of the call.
        if unsafe { (*future.cast::<Job>()).is_over() } {
            return abi::DONE;
        }
        // SAFETY: the file's rule.
        let job = unsafe { of_handle::<Job>(future) };
        if P::HOST {
            let engine = match engine() {
                Ok(engine) => engine,
                Err(Error::Closed) if job.is_done() => return abi::DONE,
                // SAFETY: the out-pointer is writable.
                Err(error) => return unsafe { refuse(refusal, &error) },
            };
            let (waited, flow) = P::side(|side| side.map(|side| engine.wait(&job, deadline(at), side)));
            return code(waited.flatten().unwrap_or(Wait::Interrupted), flow);
        }
        if job.is_done() {
            return abi::DONE;
        }
        let (waited, flow) = P::wait(|waiter| {
            let event = Arc::clone(waiter.event());
            job.watch(&event);
            let waited = waiter.wait(&|| job.is_done(), deadline(at));
            job.unwatch(&event);
            waited
        });
        code(waited.unwrap_or(Wait::Interrupted), flow)
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("future_wait", refusal, act) }
}

pub(super) unsafe extern "C" fn wait_any<P: Place>(
    futures: *const *mut c_void,
    count: usize,
    at: i64,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the caller passes `count` handles.
        let jobs: Vec<_> = unsafe { (0..count).map(|index| of_handle::<Job>(*futures.add(index))).collect() };
        if let Err(error) = engine() {
            // SAFETY: the out-pointer is writable.
            return unsafe { refuse(refusal, &error) };
        }
        let (waited, flow) = P::wait(|waiter| {
            let event = Arc::clone(waiter.event());
            for job in &jobs {
                job.watch(&event);
            }
            let waited = waiter.wait(&|| jobs.iter().any(|job| job.is_done()), deadline(at));
            for job in &jobs {
                job.unwatch(&event);
            }
            waited
        });
        code(waited.unwrap_or(Wait::Interrupted), flow)
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("futures_wait", refusal, act) }
}

pub(super) unsafe extern "C" fn abandon(future: *mut c_void) {
    logging("future_abandon", (), || {
        // SAFETY: the file's rule.
        let job = unsafe { of_handle::<Job>(future) };
        job.heard().tell();
        job.discard_output();
        if let Ok(engine) = engine()
            && !engine.settle(&job, JobState::Queued, Outcome::cancelled())
            && !job.is_done()
        {
            job.request_stop();
            engine.interrupt(&job, Stop::Unwind);
        }
    });
}

pub(super) unsafe extern "C" fn done<P: Place>(future: *mut c_void, done: *mut c_int) -> c_int {
    failing("future_done", abi::FAILED, || {
        // SAFETY: the file's rule. Held, since delivering may run code that takes the outcome and lets the handle go.
        let job = unsafe { of_handle::<Job>(future) };
        let (_, flow) = P::side(|side| {
            if let (Some(side), Ok(engine)) = (side, engine()) {
                let _ = engine.hub.deliver(side);
            }
        });
        // SAFETY: the out-pointer is writable.
        unsafe { *done = job.is_done().into() };
        flow
    })
}

pub(super) unsafe extern "C" fn outcome(future: *mut c_void, outcome: *mut OutcomeView) {
    // SAFETY: the file's rule; what is borrowed here lives as long as the job, which the handle holds.
    let job = unsafe { &*future.cast::<Job>() };
    job.heard().tell();
    let view = logging("future_outcome", no_outcome(), || view_of(job));
    // SAFETY: the out-pointer is writable.
    unsafe { *outcome = view };
}

/// Of a job that has none, which is a mistake of ours.
fn no_outcome() -> OutcomeView {
    OutcomeView {
        kind: abi::NOT_STARTED,
        status: 255,
        script: 0,
        came: 0,
        message: std::ptr::null(),
        value: Parcel::NOTHING,
        text: slice("internal error: a job ended without an outcome (please report it)"),
        seconds: 0.0,
    }
}

/// What it borrows lives as long as the job.
fn view_of(job: &Job) -> OutcomeView {
    let mut view = OutcomeView {
        script: job.is_script().into(),
        seconds: job.duration().as_secs_f64(),
        ..no_outcome()
    };
    match job.outcome() {
        None => {}
        Some(Outcome::Exited { refused: Some(why), .. }) => (view.kind, view.text) = (abi::UNSENDABLE, slice(why)),
        Some(Outcome::Exited { status, value, .. }) => {
            view.kind = if value.is_none() && !job.is_script() {
                abi::EXITED
            } else {
                abi::RETURNED
            };
            view.status = *status;
            view.message = borrowed(value.as_ref());
            view.value = value.as_ref().and_then(Content::scalar).unwrap_or(Parcel::NOTHING);
        }
        Some(Outcome::Threw { throwable, status }) => {
            (view.kind, view.status, view.message) = (abi::THREW, *status, borrowed(Some(throwable)));
        }
        Some(Outcome::Fatal { wire, status }) => {
            (view.kind, view.status, view.message) = (abi::FATAL, *status, borrowed(Some(wire)));
        }
        Some(Outcome::NotStarted(why)) => (view.kind, view.text) = (abi::NOT_STARTED, slice(why)),
        Some(Outcome::Stopped { why, came }) => {
            stopped(&mut view, *why, abi::STOPPED, abi::OVERDUE);
            match came {
                Some(Came::Threw(throwable)) => (view.came, view.message) = (abi::THREW, borrowed(Some(throwable))),
                Some(Came::Fatal(wire)) => (view.came, view.message) = (abi::FATAL, borrowed(Some(wire))),
                None => {}
            }
        }
        Some(Outcome::Lost(why)) => stopped(&mut view, *why, abi::LOST, abi::OVERDUE_LOST),
    }
    view
}

/// On whose demand the job was stopped; of a time limit the view says the seconds.
fn stopped(view: &mut OutcomeView, why: Stopped, cancelled: i32, overdue: i32) {
    match why {
        Stopped::Cancelled => view.kind = cancelled,
        Stopped::TimedOut(limit) => (view.kind, view.seconds) = (overdue, limit.as_secs_f64()),
    }
}

/// A content's message, or null.
fn borrowed(content: Option<&Content>) -> *const Message {
    content
        .and_then(Content::message)
        .map_or(std::ptr::null(), std::ptr::from_ref)
}

fn slice(text: &str) -> Slice {
    Slice {
        ptr: text.as_ptr().cast(),
        len: text.len(),
    }
}

pub(super) unsafe extern "C" fn cancel<P: Place>(
    future: *mut c_void,
    seconds: f64,
    stopped: *mut c_int,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let job = unsafe { of_handle::<Job>(future) };
        let engine = match engine() {
            Ok(engine) => engine,
            // SAFETY: the out-pointer is writable.
            Err(error) => return unsafe { refuse(refusal, &error) },
        };
        job.heard().tell();
        let limit = Deadline::after(Duration::try_from_secs_f64(seconds).unwrap_or(engine.shutdown_timeout));
        let (outcome, flow) = if P::HOST {
            P::side(|side| side.map(|side| engine.cancel(&job, limit, side)))
        } else {
            P::wait(|waiter| Some(Ok(engine.cancel_from_guest(&job, limit, waiter))))
        };
        let outcome = match outcome.flatten().transpose() {
            Ok(outcome) => outcome,
            // SAFETY: the out-pointer is writable.
            Err(error) if flow == abi::DONE => return unsafe { refuse(refusal, &error) },
            Err(_) => return flow,
        };
        // SAFETY: the out-pointer is writable.
        unsafe { *stopped = (outcome == Some(CancelOutcome::Stopped)).into() };
        flow
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("future_cancel", refusal, act) }
}

pub(super) unsafe extern "C" fn descriptor<P: Place>(
    future: *mut c_void,
    descriptor: *mut *mut c_void,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let job = unsafe { of_handle::<Job>(future) };
        let lent = if P::HOST {
            job.stream_fd()
        } else {
            job.guest_stream_fd()
        };
        // SAFETY: the out-pointers are writable.
        unsafe {
            match lent {
                Ok(lent) => {
                    *descriptor = into_handle(lent);
                    abi::DONE
                }
                Err(error) => refuse(refusal, &error),
            }
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("future_descriptor", refusal, act) }
}

pub(super) unsafe extern "C" fn names(future: *mut c_void, names: *mut JobNames) {
    // SAFETY: the file's rule; the out-pointer is writable.
    let (job, names) = unsafe { (&*future.cast::<Job>(), &mut *names) };
    logging("future_names", (), || {
        tell(&job.title(), &mut names.task);
        tell(&job.place().unwrap_or_default(), &mut names.worker);
    });
}

pub(super) unsafe extern "C" fn dropped(future: *mut c_void, file: Slice, line: u32) {
    logging("future_dropped", (), || {
        // SAFETY: the file's rule; the name is readable, or empty.
        let (job, file) = unsafe {
            let file = (file.len > 0).then(|| std::slice::from_raw_parts(file.ptr.cast::<u8>(), file.len));
            (&*future.cast::<Job>(), file)
        };
        job.close_stream();
        if let (Some(file), false, false) = (file, job.heard().is_told(), fork::in_child()) {
            let file = String::from_utf8_lossy(file);
            job.heard().started_at(format!("{file}:{line}"));
        }
    });
}

pub(super) unsafe extern "C" fn ignore(future: *mut c_void) {
    // SAFETY: the file's rule.
    logging("future_ignore", (), || unsafe {
        (*future.cast::<Job>()).heard().tell();
    });
}

impl Counted for Job {
    fn handle_made(&self) {
        self.heard().future_made();
    }

    fn handle_dropped(&self) {
        self.future_dropped();
    }
}

/// The text of a path that C passes, or `None`.
///
/// # Safety
/// Null, or NUL-terminated and valid for the call.
pub(super) unsafe fn path(text: *const c_char) -> Option<std::ffi::CString> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}
