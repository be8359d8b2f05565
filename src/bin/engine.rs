//! The engine without a PHP host: boots a runtime and runs scripts, for tests, sanitizers and valgrind.

#[path = "engine/damage.rs"]
mod damage;

use std::error::Error;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ffi_zts::bridge::message::Content;
use ffi_zts::bridge::wire;
use ffi_zts::core::options::ExtensionLine;
use ffi_zts::core::{Deadline, Outcome};
use ffi_zts::vm::{BootConfig, HostSide, Job, ScriptMode, ScriptSpec, ShutdownLimits, ShutdownMode, Vm};

const USAGE: &str = "\
usage: ffi-zts-engine (--runtime DIR | --library FILE --guest-half FILE) [options] script [arguments]
  --libdir DIR          load libphp's dependencies from there
  --ini NAME=VALUE      a setting; may be repeated
  --sapi NAME           name of the SAPI (ffi-zts)
  --threads N           worker limit
  --jobs N              run the script N times (1)
  --parallel            submit all jobs first, then wait
  --cancel-after MS     cancel each job after that time
  --code | --lint | --stdin   the script is code, is only checked, comes from standard input
  --as-cli              errors as php-cli displays them
  --no-deepbind         for sanitizers
  --damage COUNT        try so many damaged messages made of what the script returns (tests/engine/parts/damage.php)
  --damage-seed N       other messages (1) · --damage-only N  only that one · --damage-tell  number each beforehand
  --exit-busy           end the process without a shutdown
  --quiet               no report on standard error";

fn main() -> ExitCode {
    ffi_zts::vm::note_descriptors();
    match Arguments::parse(std::env::args_os().skip(1).map(OsStringExt::into_vec)).and_then(|arguments| run(&arguments))
    {
        Ok(status) => ExitCode::from(u8::try_from(status & 255).unwrap_or(255)),
        Err(error) => {
            eprintln!("ffi-zts-engine: {error}");
            ExitCode::from(125)
        }
    }
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag of the command line")]
struct Arguments {
    runtime: Option<PathBuf>,
    library: Option<PathBuf>,
    guest_half: Option<PathBuf>,
    libdir: Option<PathBuf>,
    ini: String,
    sapi: Option<String>,
    threads: Option<usize>,
    jobs: usize,
    parallel: bool,
    cancel_after: Option<Duration>,
    mode: ScriptMode,
    as_cli: bool,
    no_deepbind: bool,
    exit_busy: bool,
    quiet: bool,
    damage: Option<damage::Plan>,
    script: Vec<Vec<u8>>,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = Vec<u8>>) -> Result<Self> {
        let mut this = Self {
            jobs: 1,
            ..Self::default()
        };
        while let Some(word) = words.next() {
            let name = String::from_utf8_lossy(&word).into_owned();
            if !name.starts_with("--") {
                this.script = [word].into_iter().chain(words).collect();
                break;
            }
            if !this.flag(&name) {
                let value = words
                    .next()
                    .ok_or_else(|| format!("{name}: a value or a known option expected\n{USAGE}"))?;
                this.value(&name, &value)?;
            }
        }
        if this.script.is_empty() && this.mode != ScriptMode::Stdin {
            return Err(USAGE.into());
        }
        Ok(this)
    }

    fn flag(&mut self, name: &str) -> bool {
        match name {
            "--parallel" => self.parallel = true,
            "--code" => self.mode = ScriptMode::Code,
            "--lint" => self.mode = ScriptMode::Lint,
            "--stdin" => self.mode = ScriptMode::Stdin,
            "--as-cli" => self.as_cli = true,
            "--no-deepbind" => self.no_deepbind = true,
            "--exit-busy" => self.exit_busy = true,
            "--quiet" => self.quiet = true,
            "--damage-tell" => self.damage().tell = true,
            _ => return false,
        }
        true
    }

    fn value(&mut self, name: &str, value: &[u8]) -> Result<()> {
        let path = || Some(PathBuf::from(std::ffi::OsStr::from_bytes(value)));
        let text = std::str::from_utf8(value)?;
        match name {
            "--runtime" => self.runtime = path(),
            "--library" => self.library = path(),
            "--guest-half" => self.guest_half = path(),
            "--libdir" => self.libdir = path(),
            "--ini" => self.ini.extend([text, "\n"]),
            "--sapi" => self.sapi = Some(text.into()),
            "--threads" => self.threads = Some(text.parse()?),
            "--jobs" => self.jobs = text.parse()?,
            "--damage" => self.damage().count = text.parse()?,
            "--damage-seed" => self.damage().seed = text.parse()?,
            "--damage-only" => self.damage().only = Some(text.parse()?),
            "--cancel-after" => self.cancel_after = Some(Duration::from_millis(text.parse()?)),
            _ => return Err(format!("unknown option {name}\n{USAGE}").into()),
        }
        Ok(())
    }

    fn damage(&mut self) -> &mut damage::Plan {
        self.damage.get_or_insert(damage::Plan {
            count: 0,
            seed: 1,
            only: None,
            tell: false,
        })
    }

    fn config(&self) -> Result<BootConfig> {
        let (library, guest_half) = match (&self.runtime, &self.library, &self.guest_half) {
            (_, Some(library), Some(half)) => (library.clone(), half.clone()),
            (Some(runtime), ..) => files_of(runtime)?,
            _ => return Err(USAGE.into()),
        };
        Ok(BootConfig {
            libdir: self.libdir.clone(),
            ini_entries: self.ini.clone().into(),
            extension_lines: self.runtime.as_deref().map(shipped).unwrap_or_default(),
            sapi_name: self.sapi.clone().unwrap_or_else(|| "ffi-zts".into()),
            threads: self.threads.unwrap_or_else(ffi_zts::core::processors),
            deepbind: !self.no_deepbind,
            extensions: Some(Arc::new(|path: &Path| Ok(path.to_owned()))),
            ..BootConfig::new(library, guest_half)
        })
    }

    fn spec(&self) -> ScriptSpec {
        let environment = std::env::vars_os()
            .flat_map(|(name, value)| [name.into_vec(), b"=".to_vec(), value.into_vec(), b"\0".to_vec()].concat());
        ScriptSpec {
            mode: self.mode,
            script: self.script.first().cloned().unwrap_or_default(),
            argv: self.script.clone(),
            environment: environment.collect(),
            as_cli: self.as_cli,
            ..ScriptSpec::default()
        }
    }
}

/// Extensions of the runtime that the tests' scripts use. They may be missing.
fn shipped(runtime: &Path) -> Vec<ExtensionLine> {
    ["curl", "mbstring", "pdo_sqlite", "sqlite3"]
        .map(|name| ExtensionLine {
            path: runtime.join(format!("ext/{name}.so")),
            zend: false,
            optional: true,
        })
        .into()
}

/// libphp and the guest half of a runtime directory.
fn files_of(runtime: &Path) -> Result<(PathBuf, PathBuf)> {
    let description = runtime.join("runtime.json");
    let text = std::fs::read(&description).map_err(|cause| format!("{}: {cause}", description.display()))?;
    let json: serde_json::Value = serde_json::from_slice(&text)?;
    let file = |part: &str, usual: &str| runtime.join(json[part]["file"].as_str().unwrap_or(usual));
    Ok((
        file("libphp", "libphp.so").canonicalize()?,
        file("guest", "ffi_zts_guest.so").canonicalize()?,
    ))
}

/// Output to standard output, log lines to standard error.
struct Terminal;

impl HostSide for Terminal {
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        flow(&io::stdout().write_all(bytes))
    }

    fn log(&mut self, line: &[u8]) -> ControlFlow<()> {
        flow(&io::stderr().write_all(&[line, b"\n"].concat()))
    }

    fn flush(&mut self) -> ControlFlow<()> {
        flow(&io::stdout().flush())
    }
}

/// Nobody listens.
struct Silent;

impl HostSide for Silent {
    fn write(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn log(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn flow(result: &io::Result<()>) -> ControlFlow<()> {
    if result.is_ok() {
        ControlFlow::Continue(())
    } else {
        ControlFlow::Break(())
    }
}

fn run(arguments: &Arguments) -> Result<i32> {
    let start = Instant::now();
    let vm = Vm::boot(arguments.config()?)?;
    let booted = start.elapsed();
    let spec = arguments.spec();
    let mut status = 0;
    let start = Instant::now();
    if let Some(plan) = &arguments.damage {
        status = damage::run(&vm, &spec, plan)?;
    } else if arguments.parallel {
        let jobs = (0..arguments.jobs)
            .map(|_| vm.submit(spec.clone()))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        for job in jobs {
            status = finish(&vm, &job, arguments)?.max(status);
        }
    } else {
        for _ in 0..arguments.jobs {
            status = finish(&vm, &vm.submit(spec.clone())?, arguments)?.max(status);
        }
    }
    let elapsed = start.elapsed();
    io::stdout().flush()?;
    if !arguments.quiet {
        let each = elapsed / u32::try_from(arguments.jobs.max(1))?;
        eprintln!(
            "boot {booted:.1?}, {} jobs in {elapsed:.1?}, {each:.1?} each",
            arguments.jobs
        );
    }
    if !arguments.exit_busy {
        let report = vm.shutdown(
            ShutdownMode::Drain,
            ShutdownLimits::within(vm.shutdown_timeout()),
            Some(&mut Terminal),
        )?;
        for straggler in report.stragglers {
            eprintln!("thread {} ({}) did not end", straggler.name, straggler.tid);
        }
    }
    Ok(status)
}

/// Waits for a job, cancels it when it is time, reports. Returns its exit status.
fn finish(vm: &Vm, job: &Arc<Job>, arguments: &Arguments) -> Result<i32> {
    let deadline = arguments.cancel_after.map_or_else(Deadline::never, Deadline::after);
    match vm.wait(job, deadline, &mut Terminal)? {
        ffi_zts::vm::Wait::Interrupted | ffi_zts::vm::Wait::Forked => return Err("standard output is closed".into()),
        ffi_zts::vm::Wait::TimedOut => {
            let fate = vm.cancel(job, Deadline::after(Duration::from_secs(2)), &mut Terminal)?;
            eprintln!("job {}: cancel: {fate:?}", job.id());
        }
        ffi_zts::vm::Wait::Done => {}
    }
    let wire = |content: &Content| match content.message() {
        Some(message) => wire::describe(message.bytes()),
        None => format!("{content:?}"),
    };
    let (text, status) = match job.outcome().ok_or("a job ended without an outcome")? {
        Outcome::Exited { status, value, refused } => {
            let value = value.as_ref().map_or_else(|| "nothing".into(), wire);
            (
                format!(
                    "exited {status}, returned {value}{}",
                    refused.as_deref().unwrap_or_default()
                ),
                *status,
            )
        }
        Outcome::Threw { throwable, status } => (format!("threw {}", wire(throwable)), *status),
        Outcome::Fatal { wire: bytes, status } => (format!("fatal {}", wire::describe_fatal(bytes.bytes())), *status),
        other => (format!("{other:?}"), 124),
    };
    if !arguments.quiet && arguments.jobs <= 16 {
        eprintln!("job {} ({:.3?}): {text}", job.id(), job.duration());
    }
    Ok(status)
}
