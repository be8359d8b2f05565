//! Isolation, fixtures and a host side that remembers.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ffi_zts::core::{Deadline, Outcome};
use ffi_zts::vm::{BootConfig, HostSide, Job, ScriptMode, ScriptSpec, ShutdownLimits, ShutdownMode, Vm, Wait};

const CHILD: &str = "FFI_ZTS_ISOLATED_TEST";
/// Longer than anything here should take on a loaded machine.
pub const LONG: Duration = Duration::from_secs(60);

/// Runs `body` in a process of its own and expects it to end well.
pub fn isolated(body: impl FnOnce()) {
    assert!(
        isolated_status(body).is_none_or(|status| status.success()),
        "the isolated test failed"
    );
}

/// Runs `body` in a process of its own and says how that ended: `None` in that process itself, for the calls of the test
/// that it does not stand for.
pub fn isolated_status(body: impl FnOnce()) -> Option<ExitStatus> {
    thread_local!(static CALLS: Cell<usize> = const { Cell::new(0) }); // a test has a thread of its own
    let call = CALLS.replace(CALLS.get() + 1).to_string();
    if let Some(mine) = std::env::var_os(CHILD) {
        if mine == *call {
            body();
            std::process::exit(0);
        }
        return None;
    }
    let name = std::thread::current()
        .name()
        .expect("the harness names its threads")
        .to_owned();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", &name, "--nocapture", "--test-threads=1"])
        .env(CHILD, call);
    Some(wait(command.spawn().unwrap(), LONG))
}

/// Waits for a process; one that hangs is killed and fails the test.
pub fn wait(mut child: Child, limit: Duration) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > limit {
            let _ = child.kill();
            panic!("the child hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Compiles a shared library once per test run.
pub fn library(name: &str, flags: &[&str]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (target, fresh) = (
        directory.join(name),
        directory.join(format!("{name}.{}", std::process::id())),
    );
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
        .arg(&fresh)
        .arg(format!("-I{}", root.join("src/bridge").display()))
        .args(flags)
        .current_dir(root)
        .status()
        .expect("cc");
    assert!(status.success(), "the fixture {name} does not compile");
    std::fs::rename(&fresh, &target).unwrap();
    target
}

/// A configuration for these files. The thread sanitizer does not load libraries with `RTLD_DEEPBIND`.
pub fn config_for(library: impl Into<PathBuf>, guest: impl Into<PathBuf>) -> BootConfig {
    BootConfig {
        deepbind: !cfg!(tsan),
        ..BootConfig::new(library, guest)
    }
}

/// A configuration for the fake guest; `flags` may break it.
pub fn config_with(flags: &[&str]) -> BootConfig {
    let name = format!("fake_guest{}.so", flags.concat());
    let guest = library(&name, &[&["tests/fixtures/fake_guest.c"], flags].concat());
    BootConfig {
        threads: 2,
        ..config_for(library("fake_php.so", &["-x", "c", "/dev/null"]), guest)
    }
}

/// A configuration for the fake guest.
pub fn config() -> BootConfig {
    config_with(&[])
}

/// The fake guest, booted.
pub fn boot() -> Vm {
    Vm::boot(config()).unwrap()
}

/// Commands of the fake guest.
pub fn script(commands: &str) -> ScriptSpec {
    ScriptSpec {
        mode: ScriptMode::Code,
        script: commands.into(),
        ..ScriptSpec::default()
    }
}

pub fn submit(vm: &Vm, commands: &str) -> Arc<Job> {
    vm.submit(script(commands)).unwrap()
}

pub fn seconds(seconds: f64) -> Deadline {
    Deadline::from_seconds(Some(seconds)).unwrap()
}

/// Runs `commands` to the end: output and outcome.
pub fn run(vm: &Vm, commands: &str) -> (String, Outcome) {
    let (mut host, job) = (Recorder::default(), submit(vm, commands));
    assert_eq!(vm.wait(&job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
    (
        host.text(),
        job.outcome().unwrap().map(|message| message.bytes().to_vec()),
    )
}

/// Output of `commands`.
pub fn output(vm: &Vm, commands: &str) -> String {
    run(vm, commands).0
}

pub fn end(vm: &Vm) {
    let report = vm
        .shutdown(ShutdownMode::Interrupt, ShutdownLimits::within(LONG), None)
        .unwrap();
    assert!(report.stragglers.is_empty(), "{report:?}");
}

/// Waits until `condition` holds.
pub fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LONG, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether `stream` can be read from within `limit`.
pub fn readable(stream: &OwnedFd, limit: Duration) -> bool {
    let mut poll = libc::pollfd {
        fd: stream.as_raw_fd(),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one valid entry.
    unsafe { libc::poll(&raw mut poll, 1, i32::try_from(limit.as_millis()).unwrap()) == 1 }
}

/// A host side that remembers, and that breaks off when told to.
#[derive(Default)]
pub struct Recorder {
    pub bytes: Vec<u8>,
    pub logs: Vec<String>,
    pub flushes: usize,
    pub polls: usize,
    pub break_at_poll: Option<usize>,
}

impl Recorder {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl HostSide for Recorder {
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.bytes.extend_from_slice(bytes);
        ControlFlow::Continue(())
    }

    fn log(&mut self, line: &[u8]) -> ControlFlow<()> {
        self.logs.push(String::from_utf8_lossy(line).into_owned());
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> ControlFlow<()> {
        self.flushes += 1;
        ControlFlow::Continue(())
    }

    fn poll(&mut self) -> ControlFlow<()> {
        self.polls += 1;
        if self.break_at_poll.is_some_and(|at| self.polls >= at) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
