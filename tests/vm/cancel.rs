//! Cancelling: queued, running, asleep, stubborn, stuck; losing workers and getting them back.

use std::time::{Duration, Instant};

use ffi_zts::core::stop::Stopped;
use ffi_zts::core::{Deadline, Error, JobState, Outcome};
use ffi_zts::vm::{BootConfig, CancelOutcome, Vm, Wait, WorkerState};

use crate::support::{LONG, Recorder, boot, config, end, isolated, output, script, seconds, submit, until};

fn running(vm: &Vm, commands: &str) -> std::sync::Arc<ffi_zts::vm::Job> {
    let job = submit(vm, commands);
    until("the job runs", || job.state() == JobState::Running);
    job
}

#[test]
fn a_queued_job_never_starts() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 1, ..config() }).unwrap();
        let (first, second) = (running(&vm, "sleep 50"), submit(&vm, "echo never"));
        let mut host = Recorder::default();
        assert_eq!(vm.cancel(&second, seconds(5.0), &mut host), Ok(CancelOutcome::Stopped));
        assert_eq!(
            (second.state(), second.outcome()),
            (JobState::Cancelled, Some(&Outcome::cancelled()))
        );
        vm.wait(&first, Deadline::never(), &mut host).unwrap();
        assert_eq!(output(&vm, "echo next"), "next");
        assert!(host.text().is_empty());
        assert_eq!(
            vm.cancel(&first, seconds(1.0), &mut host),
            Ok(CancelOutcome::AlreadyDone)
        );
        end(&vm);
    });
}

#[test]
fn loops_and_sleeps_stop_soon() {
    isolated(|| {
        let vm = boot();
        for commands in ["spin", "sleep 100000", "echo x;spin", "fill 100000000"] {
            let job = running(&vm, commands);
            let start = Instant::now();
            assert_eq!(
                vm.cancel(&job, seconds(20.0), &mut Recorder::default()),
                Ok(CancelOutcome::Stopped),
                "{commands}"
            );
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{commands}: {:?}",
                start.elapsed()
            );
            assert_eq!(job.outcome(), Some(&Outcome::cancelled()));
            assert_eq!(output(&vm, "echo alive"), "alive");
        }
        end(&vm);
    });
}

#[test]
fn the_second_half_of_the_deadline_is_harsher() {
    isolated(|| {
        let vm = boot();
        let job = running(&vm, "stubborn 100000");
        let start = Instant::now();
        assert_eq!(
            vm.cancel(&job, seconds(1.0), &mut Recorder::default()),
            Ok(CancelOutcome::Stopped)
        );
        assert!(start.elapsed() >= Duration::from_millis(450), "{:?}", start.elapsed());
        end(&vm);
    });
}

#[test]
fn what_a_job_returns_after_it_was_asked_to_stop_is_not_its_result() {
    isolated(|| {
        let vm = boot();
        let job = running(&vm, "value 1;sleep 100000");
        assert_eq!(
            vm.cancel(&job, seconds(5.0), &mut Recorder::default()),
            Ok(CancelOutcome::Stopped)
        );
        assert_eq!(job.outcome(), Some(&Outcome::cancelled()));
        end(&vm);
    });
}

#[test]
fn what_does_not_stop_is_lost_by_the_deadline_and_its_worker_replaced() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 1, ..config() }).unwrap();
        let job = running(&vm, "echo before;block 1500;echo after");
        let queued = submit(&vm, "echo queued");
        let (start, mut host) = (Instant::now(), Recorder::default());
        assert_eq!(vm.cancel(&job, seconds(0.2), &mut host), Ok(CancelOutcome::Lost));
        assert!(
            (200..1200).contains(&start.elapsed().as_millis()),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(job.outcome(), Some(&Outcome::Lost(Stopped::Cancelled)));
        assert_eq!(vm.wait(&queued, Deadline::after(LONG), &mut host), Ok(Wait::Done));
        assert_eq!(host.text(), "beforequeued");
        let info = vm.info().unwrap();
        assert_eq!(
            (info.usable, info.lost, info.workers[0].state),
            (1, 1, WorkerState::Lost)
        );
        until("the surplus worker ends when it comes back", || {
            vm.info().unwrap().lost == 0
        });
        until("its thread is over", || {
            vm.info()
                .unwrap()
                .workers
                .iter()
                .all(|worker| worker.state != WorkerState::Lost)
        });
        assert_eq!(output(&vm, "name"), "ffi_zts-w2");
        end(&vm);
    });
}

#[test]
fn a_lost_worker_that_is_needed_serves_again() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 1, ..config() }).unwrap();
        let job = running(&vm, "block 300");
        assert_eq!(
            vm.cancel(&job, seconds(0.05), &mut Recorder::default()),
            Ok(CancelOutcome::Lost)
        );
        until("it is back", || vm.info().unwrap().lost == 0);
        assert_eq!(output(&vm, "name"), "ffi_zts-w1");
        end(&vm);
    });
}

#[test]
fn too_many_lost_workers_refuse_new_jobs() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 1, ..config() }).unwrap();
        for _ in 0..2 {
            let job = running(&vm, "block 1500");
            assert_eq!(
                vm.cancel(&job, seconds(0.02), &mut Recorder::default()),
                Ok(CancelOutcome::Lost)
            );
        }
        let error = vm.submit(script("")).unwrap_err();
        assert_eq!(error, Error::TooManyLost { lost: 2, limit: 2 });
        until("they are back", || vm.info().unwrap().lost == 0);
        assert_eq!(output(&vm, "echo ok"), "ok");
        end(&vm);
    });
}

#[test]
fn ends_and_cancellations_may_race() {
    isolated(|| {
        let vm = boot();
        let mut host = Recorder::default();
        for round in 0..2000 {
            let job = submit(&vm, &format!("work {};echo x", round % 40));
            if round % 3 == 0 {
                std::thread::yield_now();
            }
            let fate = vm.cancel(&job, seconds(10.0), &mut host).unwrap();
            assert_ne!(fate, CancelOutcome::Lost);
            assert!(job.is_done() && job.outcome().is_some());
        }
        let info = vm.info().unwrap();
        assert_eq!((info.jobs.submitted, info.jobs.unfinished), (2000, 0));
        assert_eq!(info.jobs.done + info.jobs.cancelled, 2000);
        assert!(vm.drain(&mut host).is_continue()); // what the last ones wrote
        assert_eq!(output(&vm, "echo alive"), "alive");
        end(&vm);
    });
}
