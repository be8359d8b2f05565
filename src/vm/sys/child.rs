//! A child process that runs one function of ours and says something about it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use libc::{c_int, pid_t};

use super::thread;
use crate::core::Deadline;

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By an exit status.
    Exited(c_int),
    /// By a signal.
    Signalled(c_int),
    /// It was killed at the deadline.
    TimedOut,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "it ended with status {status}"),
            Self::Signalled(signal) => write!(f, "it was ended by signal {signal}"),
            Self::TimedOut => f.write_str("it did not end in time"),
        }
    }
}

/// Runs `body` in a forked child whose descriptors 1 and 2 are a pipe, and returns how the child ended and the last
/// `keep` bytes of what it wrote. `body`'s value is the exit status; no exit handler runs in the child.
///
/// The caller's `SIGCHLD` handler does not see this child.
///
/// # Errors
/// No process or descriptor could be had.
pub fn run(deadline: Deadline, keep: usize, body: impl FnOnce() -> c_int) -> io::Result<(Ended, Vec<u8>)> {
    let (mut words, output) = thread::pipe()?;
    let quiet = ChildSignal::block();
    // SAFETY: the child runs `body` on the one thread it has and leaves by _exit(); it returns into no frame of ours.
    let pid = unsafe { libc::fork() };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    if pid == 0 {
        redirect(output.as_raw_fd());
        let status = catch_unwind(AssertUnwindSafe(body)).unwrap_or(101);
        // SAFETY: both are async-signal-safe enough for a child that has just run our own code; no handler of the host runs.
        unsafe {
            libc::fflush(std::ptr::null_mut());
            libc::_exit(status)
        }
    }
    drop(output);
    let said = collect(&mut words, deadline, keep);
    let ended = reap(pid, deadline);
    drop(quiet);
    Ok((ended, said))
}

fn redirect(output: RawFd) {
    for descriptor in [1, 2] {
        // SAFETY: duplicates an open descriptor in this child only.
        unsafe { libc::dup2(output, descriptor) };
    }
}

/// Reads until the child has closed its end, or to the deadline.
fn collect(words: &mut File, deadline: Deadline, keep: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while wait_readable(words.as_raw_fd(), deadline) {
        match words.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(_) => break,
        }
        bytes.drain(..bytes.len().saturating_sub(keep));
    }
    bytes
}

fn wait_readable(descriptor: RawFd, deadline: Deadline) -> bool {
    while !deadline.expired() {
        let slice = deadline.slice(std::time::Duration::from_secs(1));
        let mut poll = libc::pollfd {
            fd: descriptor,
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one initialised pollfd.
        if unsafe {
            libc::poll(
                &raw mut poll,
                1,
                c_int::try_from(slice.as_millis()).unwrap_or(1000).max(1),
            )
        } > 0
        {
            return true;
        }
    }
    false
}

/// Waits for the child, which has closed its output or is out of time; then it is killed.
fn reap(pid: pid_t, deadline: Deadline) -> Ended {
    let late = deadline.expired();
    if late {
        // SAFETY: our own child, not reaped yet.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
    let mut status = 0;
    loop {
        // SAFETY: writes one int.
        let reaped = unsafe { libc::waitpid(pid, &raw mut status, 0) };
        if reaped == pid {
            break;
        }
        if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return Ended::Exited(-1); // somebody else reaped it: its status is gone
        }
    }
    if late {
        Ended::TimedOut
    } else if libc::WIFSIGNALED(status) {
        Ended::Signalled(libc::WTERMSIG(status))
    } else {
        Ended::Exited(libc::WEXITSTATUS(status))
    }
}

/// `SIGCHLD` blocked on this thread; the signal of our own child is taken back before it is let through again.
struct ChildSignal {
    before: libc::sigset_t,
    pending: bool,
}

impl ChildSignal {
    fn block() -> Self {
        // SAFETY: sigset_t is plain data; the calls fill it.
        unsafe {
            let mut pending = std::mem::zeroed();
            libc::sigpending(&raw mut pending);
            let (own, mut before) = (Self::set(), std::mem::zeroed());
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const own, &raw mut before);
            Self {
                before,
                pending: libc::sigismember(&raw const pending, libc::SIGCHLD) == 1,
            }
        }
    }

    fn set() -> libc::sigset_t {
        // SAFETY: as in `block`.
        unsafe {
            let mut set = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            libc::sigaddset(&raw mut set, libc::SIGCHLD);
            set
        }
    }
}

impl Drop for ChildSignal {
    fn drop(&mut self) {
        let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: takes at most the one SIGCHLD that is pending, then restores the mask of this thread.
        unsafe {
            if !self.pending {
                let own = Self::set();
                libc::sigtimedwait(&raw const own, std::ptr::null_mut(), &raw const now);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn status_signal_and_deadline_are_told_apart() {
        let soon = || Deadline::after(Duration::from_secs(10));
        assert_eq!(run(soon(), 64, || 7).unwrap().0, Ended::Exited(7));
        // SAFETY: ends the child.
        let killed = || unsafe { libc::raise(libc::SIGKILL) };
        assert_eq!(run(soon(), 64, killed).unwrap().0, Ended::Signalled(libc::SIGKILL));
        let never = || loop {
            // SAFETY: waits for a signal in the child.
            unsafe { libc::pause() };
        };
        assert_eq!(
            run(Deadline::after(Duration::from_millis(50)), 64, never).unwrap().0,
            Ended::TimedOut
        );
    }

    #[test]
    fn the_last_words_are_kept() {
        let (_, said) = run(Deadline::after(Duration::from_secs(10)), 4, || {
            // SAFETY: writes bytes of a literal.
            unsafe { libc::write(2, b"abcdef".as_ptr().cast(), 6) };
            0
        })
        .unwrap();
        assert_eq!(said, b"cdef");
    }
}
