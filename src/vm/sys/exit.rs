//! The last line of defence: a process that ends while guest threads run must not run destructors underneath them.

use std::ffi::{c_int, c_void};
use std::sync::Once;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};

/// Guest threads (boot thread and workers) that were created and not joined yet.
static LIVE: AtomicUsize = AtomicUsize::new(0);
static OWNER: AtomicI32 = AtomicI32::new(0);
static STATUS: AtomicI32 = AtomicI32::new(0);
static GUARD: Once = Once::new();
/// How long the flush of stdio may take: part of the second in which a process ends (promise 5).
const FLUSH_MICROSECONDS: libc::suseconds_t = 100_000;

unsafe extern "C" {
    fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
}

/// Counts one guest thread from before its creation until it has been joined.
pub fn thread_created() {
    LIVE.fetch_add(1, Ordering::SeqCst);
}

/// The thread has been joined, or was never created.
pub fn thread_joined() {
    LIVE.fetch_sub(1, Ordering::SeqCst);
}

/// Registers the handler. Handlers run in reverse order, so this comes after the guest's start: then it runs before those
/// that the guest's libraries registered (OpenSSL's cleanup, notably).
pub fn guard() {
    GUARD.call_once(|| {
        // SAFETY: getpid cannot fail; the handler stays mapped (`-z nodelete`) and takes no argument.
        unsafe {
            OWNER.store(libc::getpid(), Ordering::SeqCst);
            on_exit(leave_under_stragglers, std::ptr::null_mut());
        }
    });
}

/// `on_exit` handler: with guest threads alive, flush stdio and end at once with the same status.
extern "C" fn leave_under_stragglers(status: c_int, _: *mut c_void) {
    // SAFETY: all calls take valid arguments. A straggler may hold a stdio lock for ever, so a timer bounds the flush;
    // its handler calls only _exit.
    unsafe {
        if LIVE.load(Ordering::SeqCst) == 0 || OWNER.load(Ordering::SeqCst) != libc::getpid() {
            return;
        }
        STATUS.store(status, Ordering::SeqCst);
        let mut alarm_only = std::mem::MaybeUninit::uninit();
        libc::sigemptyset(alarm_only.as_mut_ptr());
        libc::sigaddset(alarm_only.as_mut_ptr(), libc::SIGALRM);
        libc::signal(libc::SIGALRM, leave as *const () as libc::sighandler_t);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, alarm_only.as_ptr(), std::ptr::null_mut());
        let limit = libc::itimerval {
            it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 },
            it_value: libc::timeval {
                tv_sec: 0,
                tv_usec: FLUSH_MICROSECONDS,
            },
        };
        libc::setitimer(libc::ITIMER_REAL, &raw const limit, std::ptr::null_mut());
        libc::fflush(std::ptr::null_mut());
        libc::_exit(status);
    }
}

extern "C" fn leave(_: c_int) {
    // SAFETY: _exit is allowed in a signal handler and does not return.
    unsafe { libc::_exit(STATUS.load(Ordering::SeqCst)) }
}
