//! The end: in order when everybody cooperates, bounded and exact when not.

use std::process::exit;
use std::time::{Duration, Instant};

use ffi_zts::core::{Error, JobState, VmState};
use ffi_zts::vm::{BootConfig, ShutdownLimits, ShutdownMode, ShutdownReport, Vm, process_state};

use crate::support::{LONG, Recorder, boot, config, end, isolated, isolated_status, output, script, submit, until};

#[test]
fn running_jobs_are_stopped_or_awaited_and_queued_ones_cancelled() {
    for (mode, state) in [
        (ShutdownMode::Interrupt, JobState::Cancelled),
        (ShutdownMode::Drain, JobState::Done),
    ] {
        isolated(|| {
            let vm = Vm::boot(BootConfig { threads: 1, ..config() }).unwrap();
            let (first, second) = (submit(&vm, "sleep 200;echo end"), submit(&vm, "echo never"));
            until("it runs", || first.state() == JobState::Running);
            let mut host = Recorder::default();
            let report = vm
                .shutdown(mode, ShutdownLimits::within(LONG), Some(&mut host))
                .unwrap();
            assert_eq!((report.cancelled, report.stragglers.len()), (1, 0));
            assert_eq!((first.state(), second.state()), (state, JobState::Cancelled));
            assert_eq!(host.text(), if state == JobState::Done { "end" } else { "" });
            assert_eq!(process_state(), VmState::Down);
            assert_eq!(vm.submit(script("")).unwrap_err(), Error::Closed);
            assert_eq!(
                vm.shutdown(mode, ShutdownLimits::within(LONG), None).unwrap(),
                ShutdownReport::default(),
                "again is nothing"
            );
        });
    }
}

#[test]
fn a_drain_stops_what_still_runs_near_its_end() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "sleep 100000");
        until("it runs", || job.state() == JobState::Running);
        let start = Instant::now();
        let report = vm
            .shutdown(
                ShutdownMode::Drain,
                ShutdownLimits::within(Duration::from_secs(2)),
                None,
            )
            .unwrap();
        assert!(report.stragglers.is_empty());
        assert_eq!(job.state(), JobState::Cancelled);
        assert!(start.elapsed() >= Duration::from_millis(950), "{:?}", start.elapsed());
    });
}

#[test]
fn a_full_buffer_does_not_hold_up_the_end() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "fill 100000000");
        until("it runs", || job.state() == JobState::Running);
        std::thread::sleep(Duration::from_millis(20));
        end(&vm);
    });
}

#[test]
fn without_jobs_it_is_quick_and_the_guest_shuts_down_on_its_boot_thread() {
    isolated(|| {
        let vm = boot();
        output(&vm, "");
        let start = Instant::now();
        end(&vm);
        assert!(start.elapsed() < Duration::from_millis(400), "{:?}", start.elapsed());
    });
}

/// Ends the process with status 7 while a job is busy; `prepare` may shut down first.
fn exits_with_seven(commands: &str, prepare: impl Fn(&Vm)) {
    let start = Instant::now();
    let status = isolated_status(|| {
        let vm = Vm::boot(BootConfig { threads: 2, ..config() }).unwrap();
        let job = submit(&vm, commands);
        until("it runs", || job.state() == JobState::Running);
        prepare(&vm);
        exit(7);
    });
    assert!(
        status.is_none_or(|status| status.code() == Some(7)),
        "{commands}: {status:?}"
    );
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// A shutdown that stops what runs and gives it so many milliseconds.
fn interrupt(vm: &Vm, milliseconds: u64) -> ShutdownReport {
    let limits = ShutdownLimits::within(Duration::from_millis(milliseconds));
    vm.shutdown(ShutdownMode::Interrupt, limits, None).unwrap()
}

#[test]
fn the_exit_status_is_exact_whatever_the_guest_does() {
    for commands in ["spin", "block 100000", "lines 100000000", "sleep 100000"] {
        exits_with_seven(commands, |_| ());
        exits_with_seven(commands, |vm| {
            interrupt(vm, 100);
        });
    }
}

#[test]
#[cfg_attr(tsan, ignore = "the sanitizer holds signals back while stdio waits for a lock")]
fn a_straggler_that_holds_a_lock_of_stdio_does_not_hold_up_the_exit() {
    exits_with_seven("hold_stdio 100000", |_| ());
}

#[test]
fn stragglers_are_named_and_nothing_is_torn_down_under_them() {
    exits_with_seven("block 100000", |vm| {
        let report = interrupt(vm, 100);
        assert_eq!(report.stragglers.len(), 1);
        assert_eq!(
            (report.stragglers[0].name.as_str(), report.stragglers[0].job),
            ("ffi_zts-w1", Some(1))
        );
        assert_eq!(process_state(), VmState::Draining);
    });
}

#[test]
fn a_straggler_that_gives_in_lets_a_second_shutdown_finish() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "block 700");
        until("it runs", || job.state() == JobState::Running);
        let report = interrupt(&vm, 50);
        assert_eq!((report.stragglers.len(), job.state()), (1, JobState::Lost));
        end(&vm);
        assert_eq!(process_state(), VmState::Down);
    });
}

#[test]
fn a_guest_that_hangs_in_its_own_shutdown_is_left_behind() {
    let status = isolated_status(|| {
        let vm = Vm::boot(BootConfig {
            ini_entries: "hang_shutdown".into(),
            ..config()
        })
        .unwrap();
        // No limit of its own: not a moment longer than the shutdown may take.
        let all = Duration::from_millis(100);
        let limits = ShutdownLimits { workers: all, all };
        let start = Instant::now();
        let report = vm.shutdown(ShutdownMode::Interrupt, limits, None).unwrap();
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
        assert_eq!(report.stragglers[0].name, "ffi_zts-boot");
        exit(7);
    });
    assert!(status.is_none_or(|status| status.code() == Some(7)), "{status:?}");
}

#[test]
fn after_a_clean_shutdown_exit_handlers_run_as_usual() {
    static RAN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    extern "C" fn say() {
        RAN.store(true, std::sync::atomic::Ordering::SeqCst);
        // SAFETY: _exit is always allowed; the status shows that this handler ran.
        unsafe { libc::_exit(9) }
    }
    let ends = |clean: bool, code: i32| {
        let status = isolated_status(|| {
            // SAFETY: the handler stays mapped.
            unsafe { libc::atexit(say) };
            let vm = boot();
            output(&vm, "");
            if clean {
                end(&vm);
            }
            exit(7);
        });
        assert!(
            status.is_none_or(|status| status.code() == Some(code)),
            "clean: {clean}, {status:?}"
        );
    };
    ends(true, 9); // registered before boot, it runs after ours, which does nothing
    ends(false, 7); // with threads alive, nothing registered before boot may run
}
