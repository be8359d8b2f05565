//! Jobs: what goes in, how they end, how many run at once.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use ffi_zts::core::{Deadline, Error, JobState, Outcome};
use ffi_zts::vm::{BootConfig, ScriptSpec, Vm, Wait};

use crate::support::{LONG, Recorder, boot, config, end, isolated, output, run, script, seconds, submit, until};

#[test]
fn a_script_gets_what_was_asked_for() {
    isolated(|| {
        let vm = boot();
        let spec = ScriptSpec {
            argv: vec![b"a.php".to_vec(), b"x y".to_vec()],
            cwd: b"/usr".to_vec(),
            environment: b"A=1\0B=\0"[..].into(),
            prepend: vec![b"p.php".to_vec()],
            ini: vec![("k".into(), "v".into())],
            ..script("argv;cwd;env;prepend;ini")
        };
        let (job, mut host) = (vm.submit(spec).unwrap(), Recorder::default());
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert_eq!(host.text(), "[a.php][x y]/usr[A=1][B=][p.php][k][v]");
        assert_eq!(output(&vm, "cwd"), std::env::current_dir().unwrap().to_str().unwrap());
        end(&vm);
    });
}

#[test]
fn every_way_to_end_becomes_an_outcome() {
    isolated(|| {
        let vm = boot();
        let exited = |status, value: Option<&str>, refused: Option<&str>| Outcome::Exited {
            status,
            value: value.map(Into::into),
            refused: refused.map(Into::into),
        };
        assert_eq!(run(&vm, "").1, exited(0, None, None));
        assert_eq!(run(&vm, "value 42").1, exited(0, Some("42"), None));
        assert_eq!(run(&vm, "echo x;exit 7;echo y"), ("x".into(), exited(7, None, None)));
        assert_eq!(run(&vm, "refused it is a PDO").1, exited(0, None, Some("it is a PDO")));
        assert_eq!(
            run(&vm, "throw E").1,
            Outcome::Threw {
                throwable: b"E".to_vec(),
                status: 255
            }
        );
        assert_eq!(
            run(&vm, "fatal F").1,
            Outcome::Fatal {
                wire: b"F".to_vec(),
                status: 255
            }
        );
        assert_eq!(
            run(&vm, "fail no such file").1,
            Outcome::NotStarted("no such file".into())
        );
        assert!(matches!(run(&vm, "odd").1, Outcome::NotStarted(why) if why.contains("unknown (77)")));
        let counts = vm.info().unwrap().jobs;
        assert_eq!(
            (counts.submitted, counts.done, counts.failed, counts.unfinished),
            (8, 4, 4, 0)
        );
        end(&vm);
    });
}

#[test]
fn as_many_run_at_once_as_threads_allow() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 4, ..config() }).unwrap();
        let jobs: Vec<_> = (0..8).map(|_| submit(&vm, "tid;sleep 300")).collect();
        let mut host = Recorder::default();
        let start = Instant::now();
        for job in &jobs {
            assert_eq!(vm.wait(job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
            assert!(job.duration() >= Duration::from_millis(300));
        }
        assert!(
            start.elapsed() >= Duration::from_millis(600),
            "no more than four at once"
        );
        let text = host.text();
        let tids: HashSet<_> = text.split_terminator(',').collect();
        assert_eq!(tids.len(), 4);
        assert_eq!(vm.info().unwrap().workers.len(), 4);
        end(&vm);
    });
}

#[test]
fn one_job_after_the_other_needs_one_worker() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 8, ..config() }).unwrap();
        for _ in 0..2000 {
            run(&vm, "");
        }
        let info = vm.info().unwrap();
        assert_eq!((info.workers.len(), info.usable), (1, 1));
        assert_eq!(info.workers[0].done, 2000);
        end(&vm);
    });
}

#[test]
fn a_wait_ends_at_its_deadline_and_can_be_taken_up_again() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        let job = submit(&vm, "echo a;sleep 150;echo b");
        assert_eq!(vm.wait(&job, seconds(0.02), &mut host), Ok(Wait::TimedOut));
        assert_eq!(job.state(), JobState::Running);
        assert_eq!(vm.wait(&job, seconds(0.0), &mut host), Ok(Wait::TimedOut));
        assert_eq!(vm.wait(&job, Deadline::never(), &mut host), Ok(Wait::Done));
        assert_eq!(
            vm.wait(&job, seconds(0.0), &mut host),
            Ok(Wait::Done),
            "done is done, whatever the deadline"
        );
        assert_eq!(host.text(), "ab");
        end(&vm);
    });
}

#[test]
fn the_host_is_asked_at_least_every_100_ms_and_may_leave() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        let job = submit(&vm, "sleep 600");
        vm.wait(&job, Deadline::never(), &mut host).unwrap();
        assert!((6..40).contains(&host.polls), "{} polls", host.polls);
        let job = submit(&vm, "sleep 100");
        let mut host = Recorder {
            break_at_poll: Some(1),
            ..Recorder::default()
        };
        assert_eq!(vm.wait(&job, Deadline::never(), &mut host), Ok(Wait::Interrupted));
        assert!(!job.is_done());
        end(&vm);
    });
}

#[test]
fn jobs_are_found_by_owner_until_they_end() {
    isolated(|| {
        let vm = boot();
        let mine = vm
            .submit(ScriptSpec {
                owner: 7,
                ..script("sleep 100")
            })
            .unwrap();
        let _other = vm
            .submit(ScriptSpec {
                owner: 8,
                ..script("sleep 100")
            })
            .unwrap();
        let found = vm.jobs_of(7).unwrap();
        assert_eq!((found.len(), found[0].id()), (1, mine.id()));
        vm.wait(&mine, Deadline::never(), &mut Recorder::default()).unwrap();
        assert!(vm.jobs_of(7).unwrap().is_empty());
        end(&vm);
    });
}

#[test]
fn bad_scripts_are_refused_before_anything_happens() {
    isolated(|| {
        let vm = boot();
        let spec = ScriptSpec {
            argv: vec![b"\0".to_vec()],
            ..script("")
        };
        assert!(matches!(vm.submit(spec), Err(Error::Argument { what, .. }) if what == "argument 0"));
        let info = vm.info().unwrap();
        assert_eq!((info.jobs.submitted, info.workers.len()), (0, 0));
        end(&vm);
    });
}

#[test]
fn no_thread_no_job_but_an_error_that_says_so_and_the_vm_lives() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 3, ..config() }).unwrap();
        assert_eq!(output(&vm, "echo ok"), "ok");
        let unlimited = limit_address_space(Some(64 << 20));
        let jobs: Vec<_> = (0..3).map(|_| submit(&vm, "echo x;sleep 5")).collect();
        let mut host = Recorder::default();
        for job in &jobs {
            assert_eq!(vm.wait(job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
        }
        assert_eq!(
            (host.text(), vm.info().unwrap().usable),
            ("xxx".into(), 1),
            "the one worker did them all"
        );
        limit_address_space(unlimited);
        end(&vm);
    });
    isolated(|| {
        let vm = boot();
        let unlimited = limit_address_space(Some(0));
        let error = vm.submit(script("")).unwrap_err();
        limit_address_space(unlimited);
        assert!(
            error.to_string().starts_with("cannot create thread ffi_zts-w1: "),
            "{error}"
        );
        assert_eq!(output(&vm, "echo ok"), "ok");
        end(&vm);
    });
}

/// Leaves `extra` bytes of address space, so that no stack of 16 MiB and more fits; `None`: no limit. Returns `None`.
fn limit_address_space(extra: Option<u64>) -> Option<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    if extra.is_some() {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap();
        limit.rlim_cur = status.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 4096 + (8 << 20);
    }
    // SAFETY: a valid structure.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    None
}

#[test]
fn ten_thousand_jobs_leave_nothing_behind() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        let usage = || {
            let pages: usize = std::fs::read_to_string("/proc/self/statm")
                .unwrap()
                .split_whitespace()
                .nth(1)
                .unwrap()
                .parse()
                .unwrap();
            (pages * 4096, std::fs::read_dir("/proc/self/fd").unwrap().count())
        };
        let mut round = |count| {
            for _ in 0..count {
                let job = submit(&vm, "echo hello;value 1");
                drop(job.stream_fd().unwrap());
                vm.wait(&job, Deadline::never(), &mut host).unwrap();
                job.close_stream();
                host.bytes.clear();
            }
        };
        round(1000);
        let before = usage();
        round(10_000);
        let after = usage();
        assert_eq!(before.1, after.1, "descriptors");
        assert!(after.0 < before.0 + (5 << 20), "grew from {} to {}", before.0, after.0);
        end(&vm);
    });
}

#[test]
fn waiting_and_idling_use_no_processor() {
    isolated(|| {
        let vm = boot();
        let jobs = [submit(&vm, "sleep 400"), submit(&vm, "sleep 10")];
        until("both run", || jobs.iter().all(|job| job.state() != JobState::Queued));
        let before = processor_time();
        vm.wait(&jobs[0], Deadline::never(), &mut Recorder::default()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let used = processor_time().saturating_sub(before);
        assert!(used < Duration::from_millis(20), "{used:?} of processor time");
        end(&vm);
    });
}

/// Of this process so far.
fn processor_time() -> Duration {
    // SAFETY: getrusage fills the zeroed structure.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let of =
        |time: libc::timeval| Duration::from_micros(u64::try_from(time.tv_sec * 1_000_000 + time.tv_usec).unwrap());
    of(usage.ru_utime) + of(usage.ru_stime)
}
