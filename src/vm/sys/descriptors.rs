//! The descriptors that this process was started with.

use std::sync::OnceLock;

/// Descriptors from 3 to 63 that a child of this process would have had at the first call, bit n for descriptor n. That call
/// belongs at the process's start: later on, the host has opened files of its own.
#[must_use]
pub fn inherited() -> u64 {
    static FOUND: OnceLock<u64> = OnceLock::new();
    *FOUND.get_or_init(|| (3..64).filter(|&n| stays_open(n)).fold(0, |found, n| found | 1 << n))
}

/// Open, and without close-on-exec.
fn stays_open(descriptor: i32) -> bool {
    // SAFETY: F_GETFD only reads the flags; it fails for a descriptor that is not open.
    unsafe { libc::fcntl(descriptor, libc::F_GETFD) & libc::FD_CLOEXEC == 0 }
}
