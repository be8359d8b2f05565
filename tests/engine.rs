//! The engine with a real guest: PHP scripts through the Rust API. Needs a runtime: `FFI_ZTS_RUNTIME`, else `build/runtime`.
//!
//! What needs no PHP is in `tests/vm`; scripts with valgrind and fault injection run from `scripts/run-engine.sh`.

#[allow(dead_code, reason = "tests/vm uses the rest")]
#[path = "vm/support.rs"]
mod support;

use std::collections::HashSet;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::exit;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ffi_zts::core::options::ExtensionLine;
use ffi_zts::core::{Deadline, Error, JobState, Outcome};
use ffi_zts::vm::{BootConfig, CancelOutcome, Job, ScriptMode, ScriptSpec, ShutdownLimits, ShutdownMode, Vm, Wait};
use support::{LONG, Recorder, end, isolated, isolated_status, run, seconds, submit, until};

fn runtime() -> PathBuf {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("build/runtime");
    let directory = std::env::var_os("FFI_ZTS_RUNTIME").map_or_else(usual, PathBuf::from);
    let half = directory.join("ffi_zts_guest.so");
    assert!(
        half.exists(),
        "{} is missing: build the runtime (make), or set FFI_ZTS_RUNTIME",
        half.display()
    );
    directory
}

fn boot(threads: usize) -> Vm {
    let directory = runtime();
    let files = BootConfig::new(directory.join("libphp.so"), directory.join("ffi_zts_guest.so"));
    // Not part of libphp, and used by a script below.
    let curl = ExtensionLine {
        path: directory.join("ext/curl.so"),
        zend: false,
        optional: false,
    };
    Vm::boot(BootConfig {
        threads,
        extension_lines: vec![curl],
        extensions: Some(Arc::new(|path| Ok(path.to_owned()))),
        ..files
    })
    .unwrap()
}

fn running(vm: &Vm, code: &str) -> std::sync::Arc<Job> {
    let job = submit(vm, code);
    until("the job runs", || job.duration() > Duration::from_millis(20));
    job
}

#[test]
fn a_script_runs_and_returns() {
    isolated(|| {
        let vm = boot(2);
        let info = vm.info().unwrap();
        assert!(info.guest.php_version_id >= 80200);
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("returns.php");
        std::fs::write(&file, "<?php echo PHP_ZTS, ' ', PHP_SAPI, ' ', getmypid(); return 42;").unwrap();
        let spec = ScriptSpec {
            script: file.to_str().unwrap().into(),
            ..ScriptSpec::default()
        };
        let (job, mut host) = (vm.submit(spec).unwrap(), Recorder::default());
        assert_eq!(vm.wait(&job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
        assert_eq!(host.text(), format!("1 ffi-zts {}", std::process::id()));
        let outcome = job.outcome().unwrap();
        assert!(
            matches!(
                outcome,
                Outcome::Exited {
                    status: 0,
                    value: Some(_),
                    refused: None
                }
            ),
            "{outcome:?}"
        );
        end(&vm);
    });
}

#[test]
fn every_way_to_end_becomes_an_outcome() {
    isolated(|| {
        let vm = boot(1);
        assert!(matches!(run(&vm, "exit(7);").1, Outcome::Exited { status: 7, .. }));
        assert!(matches!(
            run(&vm, "throw new Exception('x');").1,
            Outcome::Threw { status: 255, .. }
        ));
        assert!(matches!(
            run(&vm, "ini_set('memory_limit', '4M'); range(1, 1e7);").1,
            Outcome::Fatal { status: 255, .. }
        ));
        assert_eq!(run(&vm, "this is no PHP").1.state(), JobState::Failed);
        let missing = ScriptSpec {
            script: b"/nonexistent.php".to_vec(),
            ..ScriptSpec::default()
        };
        let job = vm.submit(missing).unwrap();
        assert_eq!(
            vm.wait(&job, Deadline::after(LONG), &mut Recorder::default()),
            Ok(Wait::Done)
        );
        assert_eq!(job.state(), JobState::Failed, "{:?}", job.outcome());
        assert_eq!(run(&vm, "echo 'alive';").0, "alive");
        end(&vm);
    });
}

#[test]
fn four_scripts_run_on_four_threads_at_once() {
    isolated(|| {
        let vm = boot(4);
        // Each goes on when all have begun.
        let begun = std::env::temp_dir().join(format!("ffi_zts-four-{}", std::process::id()));
        std::fs::create_dir(&begun).expect("a directory");
        let code = format!(
            "touch('{0}/' . $thread = basename(readlink('/proc/thread-self'))); while (count(glob('{0}/*')) < 4) usleep(1000); echo \"$thread\\n\";",
            begun.display()
        );
        let jobs: Vec<_> = (0..4).map(|_| submit(&vm, &code)).collect();
        let mut host = Recorder::default();
        for job in &jobs {
            assert_eq!(vm.wait(job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
        }
        std::fs::remove_dir_all(&begun).expect("removed");
        let text = host.text();
        assert_eq!(text.lines().collect::<HashSet<_>>().len(), 4, "{text}");
        end(&vm);
    });
}

#[test]
fn jobs_that_will_not_end_are_stopped() {
    isolated(|| {
        let vm = boot(2);
        let scripts = [
            "while (true);",
            "sleep(100);",
            "while (true) { echo str_repeat('x', 10000); }",
            "register_shutdown_function(function () { while (true); }); while (true);",
            "try { while (true); } finally { while (true); }",
        ];
        for code in scripts {
            let job = running(&vm, code);
            let start = Instant::now();
            let fate = vm.cancel(&job, seconds(4.0), &mut Recorder::default()).unwrap();
            assert_eq!(fate, CancelOutcome::Stopped, "{code}");
            assert!(
                start.elapsed() < Duration::from_secs(4),
                "{code}: {:?}",
                start.elapsed()
            );
            assert_eq!(run(&vm, "echo 'alive';").0, "alive", "after {code}");
        }
        end(&vm);
    });
}

/// One call of C code looks at nothing until it is done.
#[test]
fn a_job_that_cannot_be_stopped_is_lost_and_its_worker_comes_back() {
    isolated(|| {
        let vm = boot(1);
        // As many rounds as take two seconds here.
        let rounds = run(
            &vm,
            "$n = 20000; do { $n *= 2; $t = microtime(true); hash_pbkdf2('sha256', 'x', 'y', $n); $t = microtime(true) - $t; } while ($t < 0.1);
            echo (int) ($n * 2 / $t);",
        )
        .0;
        let job = running(&vm, &format!("hash_pbkdf2('sha256', 'x', 'y', {rounds});"));
        assert_eq!(
            vm.cancel(&job, seconds(0.2), &mut Recorder::default()),
            Ok(CancelOutcome::Lost)
        );
        assert_eq!(run(&vm, "echo 'another worker';").0, "another worker");
        until("the lost one is back", || vm.info().unwrap().lost == 0);
        end(&vm);
    });
}

#[test]
fn stops_may_come_at_any_moment() {
    isolated(|| {
        let (vm, mut host) = (boot(2), Recorder::default());
        for round in 0..600_u64 {
            let job = submit(
                &vm,
                "$x = []; for ($i = 0; $i < 2000; $i++) { $x[] = \"a$i\"; } usleep(100); echo count($x);",
            );
            std::thread::sleep(Duration::from_micros(round % 200));
            assert_ne!(vm.cancel(&job, seconds(10.0), &mut host), Ok(CancelOutcome::Lost));
            assert!(job.is_done());
        }
        assert!(vm.drain(&mut host).is_continue());
        assert_eq!(run(&vm, "echo 'alive';").0, "alive");
        end(&vm);
    });
}

#[test]
fn output_is_exact_and_a_stream_tells_the_end() {
    isolated(|| {
        let vm = boot(2);
        let job = submit(&vm, "for ($i = 0; $i < 300000; $i++) echo \"line $i\\n\";");
        let stream = job.stream_fd().unwrap();
        let mut host = Recorder::default();
        while !job.is_done() {
            let mut poll = libc::pollfd {
                fd: stream.as_raw_fd(),
                events: libc::POLLIN,
                revents: 0,
            };
            // SAFETY: one valid entry.
            assert_eq!(unsafe { libc::poll(&raw mut poll, 1, 20_000) }, 1);
            assert!(vm.drain(&mut host).is_continue());
        }
        assert_eq!(vm.wait(&job, Deadline::never(), &mut host), Ok(Wait::Done));
        let text = host.text();
        assert!(
            text.lines().enumerate().all(|(i, line)| line == format!("line {i}")) && text.lines().count() == 300_000
        );
        end(&vm);
    });
}

#[test]
fn the_exit_status_is_exact_at_any_moment() {
    let busy = [
        "while (true) { openssl_encrypt(str_repeat('x', 10000), 'aes-256-gcm', 'k', 0, 'iviviviviviv', $t); }",
        "while (true) { $d = new DOMDocument(); $d->loadXML('<a><b/></a>'); }",
        "while (true) { $s = new SQLite3(':memory:'); $s->exec('create table t(a)'); }",
        "while (true) { $c = curl_init('file:///etc/passwd'); curl_setopt($c, CURLOPT_RETURNTRANSFER, 1); curl_exec($c); }",
        "sleep(100);",
        "echo 1;",
    ];
    for (round, code) in busy.iter().cycle().take(24).enumerate() {
        let start = Instant::now();
        let status = isolated_status(|| {
            let vm = boot(2);
            let _jobs = [submit(&vm, code), submit(&vm, code)];
            std::thread::sleep(Duration::from_millis(round as u64 * 2));
            if round % 2 == 0 {
                let _ = vm.shutdown(
                    ShutdownMode::Interrupt,
                    ShutdownLimits::within(Duration::from_millis(500)),
                    None,
                );
            }
            exit(7);
        });
        assert!(
            status.is_none_or(|status| status.code() == Some(7)),
            "{code}: {status:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(30), "{code}");
    }
}

#[test]
fn a_lint_and_a_script_of_code_with_arguments() {
    isolated(|| {
        let vm = boot(1);
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lint.php");
        std::fs::write(&file, "<?php echo 'not executed'; function (").unwrap();
        let spec = |mode| ScriptSpec {
            mode,
            script: file.to_str().unwrap().into(),
            argv: vec![b"lint.php".to_vec(), b"one".to_vec()],
            ..ScriptSpec::default()
        };
        let job = vm.submit(spec(ScriptMode::Lint)).unwrap();
        let mut host = Recorder::default();
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert!(!host.text().contains("not executed"));
        std::fs::write(&file, "<?php echo $argc, ' ', $argv[1];").unwrap();
        let (job, mut host) = (vm.submit(spec(ScriptMode::File)).unwrap(), Recorder::default());
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert_eq!(host.text(), "2 one");
        end(&vm);
    });
}

#[test]
fn a_forked_child_is_refused_and_exits() {
    isolated(|| {
        let vm = boot(2);
        let _busy = running(&vm, "while (true) { $x[] = 1; if (count($x) > 1000) $x = []; }");
        for _ in 0..50 {
            // SAFETY: the child makes one call that takes no lock, and exits.
            let pid = unsafe { libc::fork() };
            if pid == 0 {
                let refused = vm.submit(ScriptSpec::default()).err() == Some(Error::Forked);
                exit(if refused { 5 } else { 6 });
            }
            let mut status = 0;
            // SAFETY: our child, a writable status.
            unsafe { libc::waitpid(pid, &raw mut status, 0) };
            assert_eq!(libc::WEXITSTATUS(status), 5);
        }
        end(&vm);
    });
}
