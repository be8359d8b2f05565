//! What belongs to the whole process and must survive a guest's start and end: locale, umask, working directory, signals.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::signal::{Disposition, wake_signal};

const SIGNALS: std::ops::RangeInclusive<i32> = 1..=64;

/// Time of `CLOCK_MONOTONIC`.
pub fn monotonic_time() -> std::time::Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the struct is writable; this clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    std::time::Duration::new(
        now.tv_sec.unsigned_abs(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

/// Signals of the C library itself, installed with the first thread: cancellation, and `setuid()` across threads, which
/// kills the process where its handler is missing. (glibc sysdeps/unix/sysv/linux/internal-signals.h)
fn is_of_the_c_library(signal: i32) -> bool {
    (32..libc::SIGRTMIN()).contains(&signal)
}

/// A snapshot. Take it before foreign code runs, restore it after; only what changed is touched.
#[derive(Debug)]
pub struct ProcessState {
    locale: Option<CString>,
    umask: libc::mode_t,
    directory: Option<(File, PathBuf)>,
    dispositions: Vec<(i32, Disposition)>,
}

impl ProcessState {
    /// Takes a snapshot.
    #[must_use]
    pub fn save() -> Self {
        Self {
            locale: locale(),
            umask: umask(),
            directory: directory(),
            dispositions: SIGNALS
                .filter(|signal| !is_of_the_c_library(*signal))
                .filter_map(|signal| Some((signal, Disposition::of(signal)?)))
                .collect(),
        }
    }

    /// Undoes what changed since. `keep_wake_signal` leaves that one signal to the guest, which needs it while it runs.
    pub fn restore(&self, keep_wake_signal: bool) {
        for (signal, wanted) in &self.dispositions {
            let keep = keep_wake_signal && *signal == wake_signal();
            if !keep && Disposition::of(*signal).as_ref() != Some(wanted) {
                wanted.restore(*signal);
            }
        }
        if let Some(wanted) = self.locale.as_ref().filter(|wanted| locale().as_ref() != Some(wanted)) {
            // SAFETY: the name is NUL-terminated and came from setlocale. Only the host's thread is here; guest threads
            // are not started yet or have ended.
            unsafe { libc::setlocale(libc::LC_ALL, wanted.as_ptr()) };
        }
        if umask() != self.umask {
            // SAFETY: umask cannot fail and touches no memory.
            unsafe { libc::umask(self.umask) };
        }
        if let Some((handle, _)) = self
            .directory
            .as_ref()
            .filter(|(_, path)| std::env::current_dir().ok().as_ref() != Some(path))
        {
            // SAFETY: the descriptor is open for as long as `handle` lives.
            unsafe { libc::fchdir(handle.as_raw_fd()) };
        }
    }
}

fn locale() -> Option<CString> {
    // SAFETY: a null name only queries.
    let name = unsafe { libc::setlocale(libc::LC_ALL, std::ptr::null()) };
    // SAFETY: setlocale returns null or a NUL-terminated string that stays valid until the next call; it is copied here.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_owned())
}

/// The umask, read from the kernel where it tells, so that no file is created under a wrong one meanwhile.
pub(crate) fn umask() -> libc::mode_t {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let told = status
        .lines()
        .find_map(|line| libc::mode_t::from_str_radix(line.strip_prefix("Umask:")?.trim(), 8).ok());
    told.unwrap_or_else(|| {
        // SAFETY: umask cannot fail and touches no memory; the old value is put back at once.
        unsafe {
            let mask = libc::umask(0o077);
            libc::umask(mask);
            mask
        }
    })
}

fn directory() -> Option<(File, PathBuf)> {
    let handle = File::options()
        .read(true)
        .custom_flags(libc::O_PATH | libc::O_DIRECTORY)
        .open(".")
        .ok()?;
    Some((handle, std::env::current_dir().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restores_what_changed() {
        let before = ProcessState::save();
        // SAFETY: plain system calls with valid arguments; SIGUSR2 is used by no other test.
        unsafe {
            libc::umask(0o031);
            libc::signal(libc::SIGUSR2, libc::SIG_IGN);
            libc::chdir(c"/".as_ptr());
        }
        before.restore(true);
        assert_eq!(umask(), before.umask);
        assert_eq!(
            std::env::current_dir().ok().as_ref(),
            before.directory.as_ref().map(|(_, path)| path)
        );
        assert_eq!(ProcessState::save().dispositions, before.dispositions);
    }
}
