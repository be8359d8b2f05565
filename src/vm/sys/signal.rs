//! Signal masks of the guest's threads, and the one signal that the engine sends.

use std::mem::MaybeUninit;

use libc::{c_int, sigset_t};

/// Left open on guest threads: faults belong to the thread that causes them.
const FAULTS: [c_int; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGABRT,
    libc::SIGTRAP,
    libc::SIGSYS,
];

/// The signal that ends blocking calls of a worker; also PHP's execution timer's.
#[must_use]
pub fn wake_signal() -> c_int {
    libc::SIGRTMIN()
}

/// While it lives, the calling thread has the mask of guest threads, so that threads created meanwhile start with it.
#[derive(Debug)]
pub struct GuestMask {
    before: sigset_t,
    this_thread: std::marker::PhantomData<*mut ()>,
}

impl GuestMask {
    /// Blocks everything but faults and the wake signal.
    #[must_use]
    pub fn set() -> Self {
        let mut before = empty_set();
        let mut mask = MaybeUninit::uninit();
        // SAFETY: sigfillset initialises the set that it is given; sigdelset and pthread_sigmask read and write
        // initialised sets that live on this stack.
        unsafe {
            libc::sigfillset(mask.as_mut_ptr());
            for signal in FAULTS.into_iter().chain([wake_signal()]) {
                libc::sigdelset(mask.as_mut_ptr(), signal);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, mask.as_ptr(), &raw mut before);
        }
        Self {
            before,
            this_thread: std::marker::PhantomData,
        }
    }
}

impl Drop for GuestMask {
    fn drop(&mut self) {
        // SAFETY: `before` was filled by pthread_sigmask on this same thread (the guard is not Send).
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut());
        }
    }
}

/// Whether the wake signal has a handler; without one it would end the process.
#[must_use]
pub fn wake_signal_is_handled() -> bool {
    action(wake_signal()).is_some_and(|action| action.sa_sigaction != libc::SIG_DFL)
}

/// The disposition of `signal`; `None` for those that the C library keeps to itself.
pub(super) fn action(signal: c_int) -> Option<libc::sigaction> {
    let mut present = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only queries; the result is written to zeroed memory of the right type, and all of its
    // fields are integers, for which zero is valid.
    unsafe { (libc::sigaction(signal, std::ptr::null(), present.as_mut_ptr()) == 0).then(|| present.assume_init()) }
}

/// Sets the disposition of `signal` to one that [`action`] returned.
pub(super) fn set_action(signal: c_int, wanted: &libc::sigaction) {
    // SAFETY: `wanted` was filled by the system for the same signal, so its handler is one that was installed before.
    unsafe {
        libc::sigaction(signal, wanted, std::ptr::null_mut());
    }
}

/// Whether two dispositions are the same.
pub(super) fn same_action(a: &libc::sigaction, b: &libc::sigaction) -> bool {
    // SAFETY: both masks were filled by the system.
    let member = |set: &sigset_t, signal| unsafe { libc::sigismember(set, signal) };
    a.sa_sigaction == b.sa_sigaction
        && a.sa_flags == b.sa_flags
        && (1..=64).all(|signal| member(&a.sa_mask, signal) == member(&b.sa_mask, signal))
}

fn empty_set() -> sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        set.assume_init()
    }
}
