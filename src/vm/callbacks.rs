//! The host table: what guest threads call. Every function passes one gate, which stops panics at the border.
//!
//! # Safety
//! A non-null `job` is the pointer that [`Prepared`](super::script::Prepared) was given for a `run_script` call in progress, on this
//! very thread or, from a thread that an extension made, on another, which does not return before this call does
//! (`guest/shim/threads.c`). The worker holds the job's `Arc` for the length of its call. Buffers are valid for the call.

use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use super::hub::Hub;
use super::job::Job;
use super::script::abi_size;
use super::sys::exit;
use crate::bridge::abi::{self, Parcel};
use crate::bridge::message::{Content, Message, Owned};

/// The one table of this process.
pub(super) fn table() -> &'static abi::HostTable {
    static TABLE: std::sync::OnceLock<abi::HostTable> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| abi::HostTable {
        size: abi_size::<abi::HostTable>(),
        version: abi::BRIDGE_VERSION,
        output,
        flush,
        log,
        report,
        report_message,
        report_scalar,
        restart_waits,
        open_extension,
        thread_begins,
        thread_ended,
        engine: super::exchange::guest_table(),
    })
}

/// The hub of this process's guest. Threads that an extension made have it as well.
static HUB: RwLock<Option<Arc<Hub>>> = RwLock::new(None);

/// Names the hub for what happens on guest threads outside of a job; before the first of them runs code of the guest.
pub(super) fn enter(hub: &Arc<Hub>) {
    *HUB.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(hub));
}

fn with_hub<R>(act: impl FnOnce(&Hub) -> R) -> Option<R> {
    let hub = HUB.read().unwrap_or_else(PoisonError::into_inner).clone();
    hub.as_deref().map(act)
}

/// Writes a line to the log of this process's guest; to the standard error before there is one.
pub(super) fn log_line(line: &str) {
    if with_hub(|hub| hub.log(line.as_bytes())).is_none() {
        eprintln!("{line}");
    }
}

/// Runs `act` on the job, if there is one; a panic becomes the job's error and `otherwise` the answer.
///
/// # Safety
/// As the file says.
unsafe fn gate<R>(what: &str, job: *mut c_void, otherwise: R, act: impl FnOnce(Option<&Job>) -> R) -> R {
    // SAFETY: the file's rule: null, or a job that outlives this call.
    let job = unsafe { job.cast::<Job>().as_ref() };
    catch_unwind(AssertUnwindSafe(|| act(job))).unwrap_or_else(|panic| {
        let why = format!("ffi_zts: internal error in `{what}`: {}", panic_text(&*panic));
        let _ = catch_unwind(AssertUnwindSafe(|| match job {
            Some(job) => job.report(|parts| parts.broken = Some(why)),
            None => log_line(&why),
        }));
        otherwise
    })
}

/// What a panic said.
#[must_use]
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

/// # Safety
/// `ptr` is valid for `len` bytes during the call, or null.
unsafe fn bytes<'c>(ptr: *const c_char, len: usize) -> &'c [u8] {
    if ptr.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: the caller's promise; the slice is used within the callback only.
    unsafe { std::slice::from_raw_parts(ptr.cast(), len) }
}

unsafe extern "C" fn output(job: *mut c_void, buf: *const c_char, len: usize) -> usize {
    // SAFETY: the file's rule, for job and buffer.
    unsafe {
        gate("output", job, 0, |job| {
            let bytes = bytes(buf, len);
            job.map_or_else(
                || with_hub(|hub| hub.log(bytes)).map_or(0, |()| len),
                |job| job.write(bytes),
            )
        })
    }
}

unsafe extern "C" fn flush(job: *mut c_void) {
    // SAFETY: the file's rule.
    unsafe { gate("flush", job, (), |job| job.into_iter().for_each(Job::request_flush)) }
}

unsafe extern "C" fn log(job: *mut c_void, _level: c_int, msg: *const c_char, len: usize) {
    // SAFETY: the file's rule, for job and buffer.
    unsafe {
        gate("log", job, (), |_| {
            with_hub(|hub| hub.log(bytes(msg, len)));
        });
    }
}

unsafe extern "C" fn report(job: *mut c_void, kind: c_int, buf: *const c_char, len: usize) {
    // SAFETY: the file's rule, for job and buffer.
    unsafe {
        gate("report", job, (), |job| {
            let text = String::from_utf8_lossy(bytes(buf, len)).into_owned();
            let Some(job) = job else { return };
            job.report(|parts| match kind {
                abi::REPORT_REFUSED => parts.refused = Some(text),
                other => parts.broken = Some(unknown_report(other)),
            });
        });
    }
}

unsafe extern "C" fn report_message(job: *mut c_void, kind: c_int, message: *mut Message) {
    // SAFETY: the file's rule for the job; the message is handed over.
    unsafe {
        let message = Content::Message(Owned::from_raw(message));
        gate("report_message", job, (), |job| {
            let Some(job) = job else { return };
            job.report(|parts| match kind {
                abi::REPORT_VALUE => parts.value = Some(message),
                // What came first is why the job failed; shutdown functions may fail on top of it.
                abi::REPORT_THROWABLE | abi::REPORT_FATAL if parts.throwable.is_some() || parts.fatal.is_some() => {}
                abi::REPORT_THROWABLE => parts.throwable = Some(message),
                abi::REPORT_FATAL => parts.fatal = Some(message),
                other => parts.broken = Some(unknown_report(other)),
            });
        });
    }
}

unsafe extern "C" fn report_scalar(job: *mut c_void, value: *const Parcel) {
    // SAFETY: the file's rule for the job; the parcel is the caller's, and has no message.
    unsafe {
        let value = Content::of(*value);
        gate("report_scalar", job, (), |job| {
            if let Some(job) = job {
                job.report(|parts| parts.value = Some(value));
            }
        });
    }
}

fn unknown_report(kind: c_int) -> String {
    format!("the guest half reported something unknown ({kind})")
}

unsafe extern "C" fn restart_waits() {
    // SAFETY: no job.
    unsafe {
        gate("restart_waits", std::ptr::null_mut(), (), |_| {
            if let Some(vm) = super::boot::current() {
                vm.engine.all_lanes().iter().for_each(|lane| lane.queue.poke());
            }
        });
    }
}

unsafe extern "C" fn open_extension(path: *const c_char, text: *mut c_char, text_len: usize) -> c_int {
    // SAFETY: no job; `path` is NUL-terminated for the length of the call, and `text` has `text_len` writable bytes.
    unsafe {
        tell(
            b"internal error of ffi_zts, see the log (please report it)",
            text,
            text_len,
        ); // what stays after a panic
        gate("open_extension", std::ptr::null_mut(), 1, |_| {
            let file = Path::new(OsStr::from_bytes(CStr::from_ptr(path).to_bytes()));
            match with_hub(|hub| hub.open_extension(file)) {
                Some(Ok(opened)) => {
                    if tell(opened.as_os_str().as_bytes(), text, text_len) {
                        return 0;
                    }
                    tell(b"its path is too long", text, text_len);
                }
                Some(Err(reason)) => {
                    tell(reason.as_bytes(), text, text_len);
                }
                None => {
                    tell(b"the guest has not booted", text, text_len);
                }
            }
            1
        })
    }
}

unsafe extern "C" fn thread_begins() {
    // SAFETY: no job.
    unsafe { gate("thread_begins", std::ptr::null_mut(), (), |_| exit::thread_created()) }
}

unsafe extern "C" fn thread_ended() {
    // SAFETY: no job.
    unsafe { gate("thread_ended", std::ptr::null_mut(), (), |_| exit::thread_joined()) }
}

/// Writes `bytes` and a NUL byte into the guest's buffer, cut where they do not fit. Whole?
///
/// # Safety
/// `text` has `len` writable bytes.
unsafe fn tell(bytes: &[u8], text: *mut c_char, len: usize) -> bool {
    let taken = bytes.len().min(len.saturating_sub(1));
    if !text.is_null() && len > 0 {
        // SAFETY: `taken` leaves room for the NUL byte.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), text, taken);
            *text.add(taken) = 0;
        }
    }
    taken == bytes.len()
}
