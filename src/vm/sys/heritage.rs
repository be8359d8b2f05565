//! What a thread has from the thread that created it.

use std::fs;

/// What the kernel copies from a thread to those that it creates: umask, users and groups, capabilities, filters,
/// processors, niceness and scheduling. Two equal ones: nobody could tell which of the two threads created a third.
///
/// The working directory is not part of it, since every job enters its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Heritage {
    status: String,
    nice: i32,
    policy: i32,
}

/// Lines of `/proc/thread-self/status` (`proc_pid_status(5)`).
const LINES: [&str; 14] = [
    "Umask:",
    "Uid:",
    "Gid:",
    "Groups:",
    "CapInh:",
    "CapPrm:",
    "CapEff:",
    "CapBnd:",
    "CapAmb:",
    "NoNewPrivs:",
    "Seccomp:",
    "Seccomp_filters:",
    "Cpus_allowed:",
    "Mems_allowed:",
];

impl Heritage {
    /// That of the calling thread, and so of a thread that it would create. `None` where the kernel does not tell.
    #[must_use]
    pub fn of_this_thread() -> Option<Self> {
        let told = fs::read_to_string("/proc/thread-self/status").ok()?;
        let mut status = String::with_capacity(512);
        for line in told
            .lines()
            .filter(|line| LINES.iter().any(|start| line.starts_with(start)))
        {
            status.push_str(line);
            status.push('\n');
        }
        // SAFETY: both ask about the calling thread and touch no memory; an error of getpriority is one of its values as well,
        // but the calling thread exists.
        let (nice, policy) = unsafe { (libc::getpriority(libc::PRIO_PROCESS, 0), libc::sched_getscheduler(0)) };
        status.starts_with("Umask:").then_some(Self { status, nice, policy })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::sys::thread;

    #[test]
    fn a_thread_has_what_its_creator_has_until_one_of_them_changes() {
        let mine = Heritage::of_this_thread().unwrap();
        let (same, other) = std::thread::spawn(|| {
            let inherited = Heritage::of_this_thread();
            assert!(thread::unshare_fs());
            // SAFETY: umask cannot fail; the thread has one of its own.
            unsafe { libc::umask(0o147) };
            (inherited, Heritage::of_this_thread())
        })
        .join()
        .unwrap();
        assert_eq!(same.as_ref(), Some(&mine));
        assert!(other.is_some_and(|other| other != mine));
        assert_eq!(Heritage::of_this_thread().unwrap(), mine);
    }
}
