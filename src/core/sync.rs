//! The primitives below [`event`](super::event) and [`channel`](super::channel): those of std and the kernel's futex, or, with
//! `--cfg loom`, loom's models of them, which `tests/loom.rs` explores.

pub(super) use imp::{AtomicBool, AtomicUsize, Mutex, MutexGuard, Ordering, Word, fence};

/// How a sleep on a [`Word`] ended.
#[cfg_attr(loom, allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slept {
    /// The word had changed, or there was a wake-up; perhaps for no reason.
    Woken,
    /// The time is over.
    TimedOut,
    /// A signal handler ran on this thread.
    Signalled,
}

/// Locks, whether or not a thread panicked while it held the lock: the data is consistent after every statement.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Between two sequentially consistent operations of one thread. They are in order without it; loom, which takes them for
/// acquire and release only, needs it.
pub(super) fn in_order() {
    #[cfg(loom)]
    fence(Ordering::SeqCst);
}

#[cfg(not(loom))]
mod imp {
    use std::sync::atomic::AtomicU32;
    pub(in crate::core) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
    pub(in crate::core) use std::sync::{Mutex, MutexGuard};
    use std::time::Duration;

    use rustix::io::Errno;
    use rustix::thread::futex::{self, Timespec};

    use super::Slept;

    /// A number that threads sleep on.
    #[derive(Debug, Default)]
    pub(in crate::core) struct Word(AtomicU32);

    impl Word {
        pub(in crate::core) fn get(&self) -> u32 {
            self.0.load(Ordering::SeqCst)
        }

        pub(in crate::core) fn advance(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }

        /// Sleeps while the word is `seen`.
        pub(in crate::core) fn sleep(&self, seen: u32, limit: Duration) -> Slept {
            // There is always a limit: the kernel restarts an unlimited wait after a handler with SA_RESTART, and we want to know.
            let limit = Timespec::try_from(limit).unwrap_or(Timespec {
                tv_sec: i64::from(u32::MAX),
                tv_nsec: 0,
            });
            match futex::wait(&self.0, futex::Flags::PRIVATE, seen, Some(&limit)) {
                Err(Errno::TIMEDOUT) => Slept::TimedOut,
                Err(Errno::INTR) => Slept::Signalled,
                _ => Slept::Woken,
            }
        }

        pub(in crate::core) fn wake_all(&self) {
            let _ = futex::wake(&self.0, futex::Flags::PRIVATE, i32::MAX as u32);
        }
    }
}

#[cfg(loom)]
mod imp {
    use loom::sync::atomic::AtomicU32;
    pub(in crate::core) use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering, fence};
    pub(in crate::core) use loom::sync::{Mutex, MutexGuard};
    use std::time::Duration;

    use super::Slept;

    /// What a futex does, step by step: the look at the word and falling asleep are one step.
    #[derive(Debug)]
    pub(in crate::core) struct Word {
        word: AtomicU32,
        bucket: Mutex<()>,
        sleepers: loom::sync::Condvar,
    }

    impl Default for Word {
        fn default() -> Self {
            Self {
                word: AtomicU32::new(0),
                bucket: Mutex::new(()),
                sleepers: loom::sync::Condvar::new(),
            }
        }
    }

    impl Word {
        pub(in crate::core) fn get(&self) -> u32 {
            self.word.load(Ordering::SeqCst)
        }

        pub(in crate::core) fn advance(&self) {
            self.word.fetch_add(1, Ordering::SeqCst);
        }

        pub(in crate::core) fn sleep(&self, seen: u32, _: Duration) -> Slept {
            let bucket = self.bucket.lock().unwrap();
            if self.get() == seen {
                drop(self.sleepers.wait(bucket).unwrap());
            }
            Slept::Woken
        }

        pub(in crate::core) fn wake_all(&self) {
            drop(self.bucket.lock().unwrap());
            self.sleepers.notify_all();
        }
    }
}
