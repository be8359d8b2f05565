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

/// The signals that this thread blocks, bit n-1 for signal n.
#[must_use]
pub fn blocked() -> u64 {
    let mut set = empty_set();
    // SAFETY: a null new set only queries.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut set) };
    // SAFETY: the set is initialised.
    (1..=64)
        .filter(|&signal| unsafe { libc::sigismember(&raw const set, signal) } == 1)
        .fold(0, |mask, signal| mask | 1 << (signal - 1))
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
    Disposition::of(wake_signal()).is_some_and(|action| action.handler != libc::SIG_DFL)
}

/// What happens on a signal, as the kernel keeps it (`struct sigaction` of `asm/signal.h`): the C library's own structure
/// loses the restorer on the way, so that a disposition put back through it would not be the one taken.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    handler: usize,
    flags: libc::c_ulong,
    restorer: usize,
    mask: u64,
}

impl Disposition {
    /// The present one; `None` for a number that the kernel does not have.
    pub(super) fn of(signal: c_int) -> Option<Self> {
        let mut present = Self::default();
        // SAFETY: a null new action only queries; the structure is the kernel's, whose mask has 8 bytes.
        let result = unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                std::ptr::null::<Self>(),
                &raw mut present,
                size_of::<u64>(),
            )
        };
        (result == 0).then_some(present)
    }

    /// Puts it back.
    pub(super) fn restore(&self, signal: c_int) {
        // SAFETY: the structure was filled by the kernel for the same signal, so its handler and restorer are ones that
        // were installed before.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                &raw const *self,
                std::ptr::null_mut::<Self>(),
                size_of::<u64>(),
            );
        }
    }
}

fn empty_set() -> sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        set.assume_init()
    }
}
