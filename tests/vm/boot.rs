//! Starting: what is refused and by which step, what the process keeps, that it happens once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ffi_zts::core::VmState;
use ffi_zts::vm::{BootConfig, Expected, Vm, process_state};

use crate::support::{Recorder, boot, config, config_for, config_with, end, isolated, library, output, run};

fn refusal(config: BootConfig) -> String {
    Vm::boot(config).unwrap_err().to_string()
}

#[test]
fn each_failing_step_is_named_and_another_boot_may_follow() {
    isolated(|| {
        let missing = refusal(config_for("/nonexistent/libphp.so", "/nonexistent/guest.so"));
        assert!(
            missing.starts_with("boot: open libphp: /nonexistent/libphp.so"),
            "{missing}"
        );
        let no_half = refusal(BootConfig {
            guest_half: "/nonexistent/guest.so".into(),
            ..config()
        });
        assert!(no_half.starts_with("boot: open the guest half: "), "{no_half}");
        let stranger = refusal(BootConfig {
            guest_half: config().library,
            ..config()
        });
        assert!(
            stranger.starts_with("boot: find the guest half's entry: "),
            "{stranger}"
        );
        for (flag, expected) in [
            ("-DWRONG_ATTACH", "boot: attach the guest half: refused: as asked"),
            (
                "-DWRONG_VERSION",
                "boot: check the guest half: the guest half speaks bridge version 4",
            ),
            (
                "-DWRONG_ZTS",
                "boot: check the guest half: it was compiled against a non-thread-safe PHP",
            ),
            ("-DWRONG_SIZE=script", "boot: check the guest half: fz_script has "),
            ("-DWRONG_SIZE=outcome", "boot: check the guest half: fz_outcome has "),
            ("-DWRONG_SIZE=refusal", "boot: check the guest half: fz_refusal has "),
            ("-DWRONG_SIZE=wait", "boot: check the guest half: fz_wait has "),
            (
                "-DWRONG_SIZE=engine_table",
                "boot: check the guest half: fz_engine_table has ",
            ),
            (
                "-DWRONG_SIZE=time_zones",
                "boot: check the guest half: fz_time_zones has ",
            ),
        ] {
            let message = refusal(config_with(&[flag]));
            assert!(message.starts_with(expected), "{message}");
            assert_eq!(process_state(), VmState::New);
        }
        let expected = Expected {
            php_version_id: 80411,
            zend_module_api: 20_240_924,
            debug: false,
        };
        let minor = refusal(BootConfig {
            expected: Some(expected),
            ..config()
        });
        assert!(
            minor.contains("it was compiled for PHP 80232, the runtime has 80411"),
            "{minor}"
        );
        let vm = boot();
        assert_eq!(process_state(), VmState::Ready);
        end(&vm);
    });
}

#[test]
#[cfg_attr(tsan, ignore = "counts threads, and the sanitizer has one")]
fn a_failed_startup_of_the_guest_is_final() {
    isolated(|| {
        let message = refusal(BootConfig {
            ini_entries: "fail_boot=1".into(),
            ..config()
        });
        assert_eq!(message, "boot: start the guest: module startup failed: as asked");
        assert_eq!(process_state(), VmState::Down);
        let again = refusal(config());
        assert!(
            again.contains("an earlier boot failed") && again.contains("as asked"),
            "{again}"
        );
        assert_eq!(threads(), before_threads());
    });
}

#[test]
fn a_process_has_one_vm_and_it_starts_once() {
    isolated(|| {
        let vm = boot();
        assert!(refusal(config()).contains("this process has a VM already; it is ready"));
        assert!(Vm::current().unwrap().is_some());
        end(&vm);
        assert!(refusal(config()).contains("the VM was shut down, and PHP starts once per process"));
        assert!(Vm::current().unwrap().is_none());
    });
}

#[test]
#[cfg_attr(tsan, ignore = "counts threads, and the sanitizer has one")]
fn the_process_is_as_before_after_boot_jobs_and_shutdown() {
    isolated(|| {
        // SAFETY: plain settings of this process, with valid arguments.
        unsafe {
            libc::setlocale(libc::LC_ALL, c"C".as_ptr());
            libc::umask(0o027);
        }
        let (before, cwd) = (signals(), std::env::current_dir().unwrap());
        let vm = Vm::boot(BootConfig {
            ini_entries: "hostile=1".into(),
            ..config()
        })
        .unwrap();
        let same = |what: &str, ignore: i32| {
            let differing: Vec<_> = (0..64)
                .filter(|&i| before.0[i] != signals().0[i] && i + 1 != usize::try_from(ignore).unwrap())
                .collect();
            assert!(differing.is_empty(), "{what}: signals {differing:?} changed");
            assert_eq!(before.1, signals().1, "{what}: mask");
            assert_eq!(std::env::current_dir().unwrap(), cwd, "{what}");
            // SAFETY: queries; the umask is put back at once.
            unsafe {
                assert_eq!(
                    std::ffi::CStr::from_ptr(libc::setlocale(libc::LC_ALL, std::ptr::null())),
                    c"C",
                    "{what}"
                );
                let mask = libc::umask(0o027);
                assert_eq!(mask, 0o027, "{what}");
            }
        };
        same("boot", libc::SIGRTMIN());
        if output(&vm, "own_fs") == "1" {
            assert_eq!(output(&vm, "chdir /"), "0");
        }
        same("jobs", libc::SIGRTMIN());
        end(&vm);
        same("shutdown", 0);
        assert_eq!(threads(), before_threads());
    });
}

#[test]
fn guest_threads_are_named_masked_and_have_a_big_stack() {
    isolated(|| {
        let vm = Vm::boot(BootConfig {
            stack_size: 24 << 20,
            sapi_name: "cli".into(),
            ..config()
        })
        .unwrap();
        assert_eq!(output(&vm, "name"), "ffi_zts-w1");
        assert_eq!(output(&vm, "stack"), "24");
        assert_eq!(output(&vm, "sapi"), "cli");
        let mut open = [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGFPE,
            libc::SIGILL,
            libc::SIGABRT,
            libc::SIGTRAP,
            libc::SIGSYS,
            libc::SIGRTMIN(),
        ];
        open.sort_unstable();
        // The kernel never lets KILL and STOP be blocked; 32 and 33 belong to the C library.
        let reported: Vec<i32> = output(&vm, "mask")
            .split_whitespace()
            .map(|s| s.parse().unwrap())
            .collect();
        let reported: Vec<i32> = reported.into_iter().filter(|s| ![9, 19, 32, 33].contains(s)).collect();
        assert_eq!(reported, open);
        end(&vm);
    });
}

#[test]
fn startup_messages_and_refused_extensions_reach_the_host() {
    isolated(|| {
        let vm = Vm::boot(BootConfig {
            ini_entries: "startup_log".into(),
            ..config()
        })
        .unwrap();
        let mut host = Recorder::default();
        assert!(vm.drain(&mut host).is_continue());
        assert_eq!(host.logs, ["startup: hello"]);
        assert_eq!(
            output(&vm, "dl /tmp/x.so"),
            "1 extensions are loaded at boot o",
            "cut to the guest's 32 bytes"
        );
        end(&vm);
    });
    isolated(|| {
        let open = |file: &Path| {
            if file.ends_with("good.so") {
                Ok(PathBuf::from("/y/better.so"))
            } else if file.ends_with("far.so") {
                Ok(PathBuf::from("/far".repeat(20)))
            } else {
                Err(format!("no: {}", file.display()))
            }
        };
        let vm = Vm::boot(BootConfig {
            extensions: Some(Arc::new(open)),
            ..config()
        })
        .unwrap();
        assert_eq!(
            output(&vm, "dl /x/good.so;dl /x/bad.so;dl /x/far.so"),
            "0 /y/better.so1 no: /x/bad.so1 its path is too long"
        );
        end(&vm);
    });
}

#[test]
fn dependencies_come_from_libdir() {
    isolated(|| {
        let dependency = library(
            "libfzdependency.so",
            &["-x", "c", "/dev/null", "-Wl,-soname,libfzdependency.so"],
        );
        let deeper = library(
            "libfzmiddle.so",
            &[
                "-x",
                "c",
                "/dev/null",
                "-x",
                "none",
                "-Wl,-soname,libfzmiddle.so",
                "-Wl,--no-as-needed",
                dependency.to_str().unwrap(),
            ],
        );
        let php = library(
            "fake_php_needy.so",
            &[
                "-x",
                "c",
                "/dev/null",
                "-x",
                "none",
                "-Wl,--no-as-needed",
                deeper.to_str().unwrap(),
            ],
        );
        let message = refusal(BootConfig {
            library: php.clone(),
            ..config()
        });
        assert!(message.contains("libfzmiddle.so"), "{message}");
        let libdir = Some(dependency.parent().unwrap().to_owned());
        let vm = Vm::boot(BootConfig {
            library: php,
            libdir,
            ..config()
        })
        .unwrap();
        assert_eq!(output(&vm, "echo ok"), "ok");
        end(&vm);
    });
}

#[test]
fn a_worker_that_the_guest_refuses_fails_the_job_by_name() {
    isolated(|| {
        let vm = Vm::boot(BootConfig {
            ini_entries: "fail_thread".into(),
            ..config()
        })
        .unwrap();
        for _ in 0..20 {
            let outcome = format!("{:?}", run(&vm, "echo never").1);
            assert!(
                outcome.contains("no worker could start: no context: as asked"),
                "{outcome}"
            );
        }
        end(&vm);
    });
}

/// Handler and flags of each signal, and the calling thread's mask.
fn signals() -> (Vec<(usize, i32)>, Vec<bool>) {
    // SAFETY: queries into zeroed memory of the right types.
    unsafe {
        let action = |signal| {
            let mut present: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut present);
            (present.sa_sigaction, present.sa_flags)
        };
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), &raw mut mask);
        (
            (1..=64).map(action).collect(),
            (1..=64)
                .map(|signal| libc::sigismember(&raw const mask, signal) == 1)
                .collect(),
        )
    }
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// The harness's: main and the test's own.
fn before_threads() -> usize {
    2
}
