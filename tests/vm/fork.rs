//! After a fork: every call in the child fails at once, and the child ends normally.

use std::os::fd::AsRawFd;
use std::process::exit;
use std::time::{Duration, Instant};

use ffi_zts::core::{Deadline, Error, JobState};
use ffi_zts::vm::{Nobody, ShutdownMode, Vm};

use crate::support::{LONG, boot, config, config_for, end, isolated, output, script, submit, until};

/// Forks; the child runs `body` and exits with 0 unless that panics. Returns the child's wait status.
fn forked(body: impl FnOnce() + std::panic::UnwindSafe) -> i32 {
    // SAFETY: the child only calls what is being tested and exits; this process exists for this test alone.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        exit(i32::from(std::panic::catch_unwind(body).is_err()));
    }
    let start = Instant::now();
    let mut status = -1;
    // SAFETY: `status` is writable; the child is ours.
    while unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) } == 0 {
        if start.elapsed() > LONG / 4 {
            // SAFETY: the child is ours and has not been reaped.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    status
}

#[test]
#[cfg_attr(tsan, ignore = "the sanitizer does not survive forks of many threads")]
fn every_call_in_the_child_is_refused_and_the_child_exits() {
    isolated(|| {
        let vm = boot();
        let noise = submit(&vm, "lines 1000000000");
        let job = submit(&vm, "sleep 100000");
        until("both run", || {
            [&noise, &job].iter().all(|job| job.state() == JobState::Running)
        });
        for _ in 0..100 {
            let (vm, job) = (std::panic::AssertUnwindSafe(&vm), std::panic::AssertUnwindSafe(&job));
            let status = forked(move || {
                assert_eq!(vm.submit(script("")).unwrap_err(), Error::Forked);
                assert_eq!(
                    vm.wait(&job, Deadline::never(), &mut Nobody).unwrap_err(),
                    Error::Forked
                );
                assert_eq!(
                    vm.cancel(&job, Deadline::never(), &mut Nobody).unwrap_err(),
                    Error::Forked
                );
                assert_eq!(vm.shutdown(ShutdownMode::Drain, LONG, None).unwrap_err(), Error::Forked);
                assert_eq!(vm.info().unwrap_err(), Error::Forked);
                assert!(vm.jobs_of(0).is_err() && Vm::current().is_err() && job.stream_fd().is_err());
                assert_eq!(Vm::boot(config_in_child()).unwrap_err(), Error::Forked);
                assert!(vm.drain(&mut Nobody).is_continue());
                assert!(!job.is_done() && job.outcome().is_none());
            });
            assert_eq!(status, 0);
        }
        end(&vm);
    });
}

fn config_in_child() -> ffi_zts::vm::BootConfig {
    config_for("/nonexistent", "/nonexistent")
}

#[test]
fn a_child_of_a_process_that_has_not_booted_may_boot() {
    isolated(|| {
        drop(config()); // compiled before the fork
        assert_eq!(
            forked(|| {
                let vm = boot();
                assert_eq!(output(&vm, "echo ok"), "ok");
                end(&vm);
            }),
            0
        );
    });
}

#[test]
fn a_stream_does_not_survive_exec() {
    isolated(|| {
        let vm = boot();
        let stream = submit(&vm, "sleep 100").stream_fd().unwrap();
        // SAFETY: a query of an open descriptor.
        let flags = unsafe { libc::fcntl(stream.as_raw_fd(), libc::F_GETFD) };
        assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
        end(&vm);
    });
}
