//! After a fork: every call in the child fails at once, and the child ends normally.

use std::ops::ControlFlow;
use std::os::fd::AsRawFd;
use std::process::exit;
use std::time::{Duration, Instant};

use ffi_zts::core::{Deadline, Error, JobState};
use ffi_zts::vm::{CancelOutcome, HostSide, Nobody, ShutdownLimits, ShutdownMode, Vm, Wait};

use crate::support::{LONG, boot, config, config_for, end, isolated, output, readable, script, submit, until};

/// Forks; the child runs `body` and exits with 0 unless that panics. Returns the child's wait status.
fn forked(body: impl FnOnce() + std::panic::UnwindSafe) -> i32 {
    // SAFETY: the child only calls what is being tested and exits; this process exists for this test alone.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        exit(i32::from(std::panic::catch_unwind(body).is_err()));
    }
    ended(pid)
}

/// The wait status of a child; one that hangs is killed.
fn ended(pid: i32) -> i32 {
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
                assert_eq!(
                    vm.shutdown(ShutdownMode::Drain, ShutdownLimits::within(LONG), None)
                        .unwrap_err(),
                    Error::Forked
                );
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

/// A host whose signal handler, or output callback, forks once.
struct Forks {
    in_write: bool,
    child: Option<i32>,
}

impl Forks {
    fn fork(&mut self, here: bool) -> ControlFlow<()> {
        if here && self.child.is_none() {
            // SAFETY: the child leaves the call that it is in, and exits.
            self.child = Some(unsafe { libc::fork() });
        }
        ControlFlow::Continue(())
    }
}

impl HostSide for Forks {
    fn write(&mut self, _: &[u8]) -> ControlFlow<()> {
        self.fork(self.in_write)
    }

    fn log(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn poll(&mut self) -> ControlFlow<()> {
        self.fork(!self.in_write)
    }
}

#[test]
#[cfg_attr(tsan, ignore = "the sanitizer does not survive forks of many threads")]
fn a_call_in_which_the_host_forks_ends_in_the_child_and_goes_on_in_the_parent() {
    // Does `call`: what the parent's came to. The child's must come back with `Forked`.
    fn both<R>(in_write: bool, call: impl FnOnce(&mut Forks) -> Result<R, Error>) -> R {
        let mut host = Forks { in_write, child: None };
        let came_to = call(&mut host);
        match host.child {
            Some(0) => exit(i32::from(!matches!(came_to, Err(Error::Forked)))),
            Some(child) => assert_eq!(ended(child), 0, "the child hangs, or its call says something else"),
            None => panic!("it did not fork"),
        }
        came_to.unwrap()
    }
    isolated(|| {
        let vm = boot();
        // A job that has written, and is stopped before its end: what it wrote is there for the call.
        let written = || {
            let job = submit(&vm, "fill 900000;spin");
            assert!(readable(&job.stream_fd().unwrap(), LONG));
            job
        };
        for in_write in [false, true] {
            let waited = submit(&vm, "echo a;sleep 100;echo b");
            assert_eq!(
                both(in_write, |host| vm.wait(&waited, Deadline::never(), host)),
                Wait::Done
            );
        }
        let limit = || Deadline::after(LONG);
        let job = written();
        assert_eq!(
            both(true, |host| vm.cancel(&job, limit(), host)),
            CancelOutcome::Stopped
        );
        let jobs = [written(), written()];
        both(true, |host| vm.cancel_all(&jobs, limit(), host));
        submit(&vm, "sleep 200");
        let report = both(false, |host| {
            vm.shutdown(ShutdownMode::Drain, ShutdownLimits::within(LONG), Some(host))
        });
        assert!(report.stragglers.is_empty());
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
