//! Tasks of a map in the engine table: whoever feeds them waits for the first to end, and takes items back from one that takes long.
//!
//! # Safety
//! That of [`super`]: a future's handle is an `Arc<Job>`; out-pointers are writable.

use std::ffi::{c_int, c_void};
use std::sync::Arc;
use std::time::Duration;

use super::super::job::Job;
use super::future::code;
use super::gate::{refuse, refusing};
use super::of_handle;
use super::place::{Place, engine};
use crate::bridge::abi::{self, Refusal};
use crate::core::Deadline;
use crate::core::waiter::Wait;

/// How long a task may run before the items that it has not begun are given to others: some times what one is meant to take
/// (`zend/map.c`), and much shorter than anybody's patience.
const PATIENCE: Duration = Duration::from_millis(6);

pub(super) unsafe extern "C" fn wait<P: Place>(
    futures: *const *mut c_void,
    count: usize,
    which: *mut usize,
    kept: *mut u32,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the caller passes `count` handles.
        let jobs: Vec<_> = unsafe { (0..count).map(|index| of_handle::<Job>(*futures.add(index))).collect() };
        loop {
            if let Some(at) = jobs.iter().position(|job| job.is_done()) {
                // SAFETY: the out-pointer is writable.
                unsafe { *which = at };
                return told::<P>(&jobs[at], refusal);
            }
            if let Some((at, left)) = cut(&jobs) {
                // SAFETY: the out-pointers are writable.
                unsafe { (*which, *kept) = (at, left) };
                return abi::CUT;
            }
            if let Err(error) = engine() {
                // SAFETY: the out-pointer is writable.
                return unsafe { refuse(refusal, &error) };
            }
            match first::<P>(&jobs) {
                abi::DONE | abi::TIMED_OUT => {}
                left => return left,
            }
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("items_wait", refusal, act) }
}

/// Waits until one has ended, or one may be cut.
fn first<P: Place>(jobs: &[Arc<Job>]) -> c_int {
    let deadline = if jobs.iter().any(|job| job.items().can_be_cut()) {
        Deadline::after(PATIENCE)
    } else {
        Deadline::never()
    };
    let (waited, flow) = P::wait(|waiter| {
        let event = Arc::clone(waiter.event());
        for job in jobs {
            job.watch(&event);
        }
        let waited = waiter.wait(&|| jobs.iter().any(|job| job.is_done()), deadline);
        for job in jobs {
            job.unwatch(&event);
        }
        waited
    });
    code(waited.unwrap_or(Wait::Interrupted), flow)
}

/// Takes the items that have not begun from a task that takes long: its place, and how many it keeps.
fn cut(jobs: &[Arc<Job>]) -> Option<(usize, u32)> {
    let long = |job: &Job| job.items().can_be_cut() && job.duration() >= PATIENCE;
    let mut places = (0..jobs.len()).filter(|&at| long(&jobs[at]));
    places.find_map(|at| Some((at, jobs[at].items().cut()?)))
}

/// All output of a job that has ended comes before its end is told.
fn told<P: Place>(job: &Arc<Job>, refusal: *mut Refusal) -> c_int {
    if !P::HOST || job.is_over() {
        return abi::DONE;
    }
    let engine = match engine() {
        Ok(engine) => engine,
        // SAFETY: the out-pointer is writable.
        Err(error) => return unsafe { refuse(refusal, &error) },
    };
    let (waited, flow) = P::side(|side| side.map(|side| engine.wait(job, Deadline::never(), side)));
    code(waited.flatten().unwrap_or(Wait::Interrupted), flow)
}
