//! Threads as the kernel knows them.

use std::fs::File;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

use libc::c_int;

/// Kernel id of the calling thread.
#[must_use]
pub fn id() -> i32 {
    // SAFETY: gettid takes nothing and cannot fail.
    unsafe { libc::gettid() }
}

/// `pthread_t` of the calling thread.
#[must_use]
pub fn current() -> u64 {
    // SAFETY: pthread_self takes nothing and cannot fail.
    unsafe { libc::pthread_self() }
}

/// Gives the calling thread a working directory and umask of its own. False where the system refuses (some container
/// policies forbid `unshare` altogether).
#[must_use]
pub fn unshare_fs() -> bool {
    // SAFETY: CLONE_FS only detaches this thread's file-system context; it needs no privilege and touches no memory.
    unsafe { libc::unshare(libc::CLONE_FS) == 0 }
}

/// Sends `signal` to thread `tid` of this process. The caller makes sure that the thread has not exited.
pub fn signal(tid: i32, signal: c_int) {
    // SAFETY: tgkill touches no memory; a wrong id is an error code.
    unsafe {
        libc::syscall(libc::SYS_tgkill, libc::getpid(), tid, signal);
    }
}

/// A pipe with both ends non-blocking and closed on exec: (read end, write end).
///
/// # Errors
/// The process or the system is out of descriptors.
pub fn pipe() -> io::Result<(File, File)> {
    let mut ends = [0; 2];
    // SAFETY: pipe2 writes two descriptors into the array.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: pipe2 succeeded, so both descriptors are open and nobody else owns them.
    let [read, write] = ends.map(|end| File::from(unsafe { OwnedFd::from_raw_fd(end) }));
    Ok((read, write))
}
