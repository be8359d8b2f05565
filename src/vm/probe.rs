//! A rehearsal of a boot in a short-lived child process.
//!
//! Some failures of module startup end the process: `E_CORE_ERROR` calls `exit(-2)` (php-src main/main.c), a bailout
//! without an address `exit(-1)` (Zend/zend.c), a failing preload exits, and an extension may simply crash. Where the
//! configuration goes beyond what the runtime was tested with, the same boot is done in a child first, so that such an end
//! becomes an error with the words that the child left.

use std::time::Duration;

use super::sys::child::{self, Ended};
use super::{BootConfig, Vm};
use crate::core::{Deadline, Error};

/// How long the child may take; a startup that needs longer hangs.
const LIMIT: Duration = Duration::from_secs(20);
/// How much of the child's words is kept.
const KEEP: usize = 8 << 10;
/// Before each of the two texts that a child which booted leaves.
const MARK: char = '\u{1f}';

/// What the guest of a rehearsal said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// opcache: `on, …` or why not.
    pub opcache: String,
    /// Its JIT, likewise.
    pub jit: String,
}

/// Boots `config` in a child process and gives it back if that went well.
///
/// Must be called before this process has booted. The child runs no handler of the host: it leaves by `_exit`.
///
/// # Errors
/// A [`Error::Boot`] with what the child said or how it ended.
pub fn probe(config: BootConfig) -> Result<BootConfig, Error> {
    rehearse(&config)?;
    Ok(config)
}

/// As [`probe`], and tells what became of opcache.
///
/// # Errors
/// As [`probe`].
pub fn rehearse(config: &BootConfig) -> Result<Rehearsed, Error> {
    let failed = |cause: String| Error::boot("probe in a child process", cause);
    let body = || match Vm::boot(config_of(config)).and_then(|vm| vm.info()) {
        Ok(info) => {
            eprint!("{MARK}{}{MARK}{}", info.opcache.opcache_words, info.opcache.jit_words);
            0
        }
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    match child::run(Deadline::after(LIMIT), KEEP, body) {
        Ok((Ended::Exited(0), said)) => {
            let said = String::from_utf8_lossy(&said).into_owned();
            let mut last = said.rsplitn(3, MARK);
            let (jit, opcache) = (last.next().unwrap_or_default(), last.next().unwrap_or_default());
            Ok(Rehearsed {
                opcache: opcache.to_owned(),
                jit: jit.to_owned(),
            })
        }
        Ok((ended, said)) => {
            let said = String::from_utf8_lossy(&said);
            let told = (ended == Ended::Exited(1)).then(|| own_error(&said)).flatten();
            Err(told.unwrap_or_else(|| failed(format!("{ended}: {}", said.trim()))))
        }
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The error that the child reports itself, in its last line: `boot: STEP: CAUSE`. What php said before is the rest of the
/// cause where the cause names none.
fn own_error(said: &str) -> Option<Error> {
    let said = said.trim();
    let (before, last) = said.rsplit_once('\n').unwrap_or(("", said));
    let (step, cause) = last.strip_prefix("boot: ")?.split_once(": ")?;
    let cause = match before.trim() {
        before if cause == "module startup failed" && !before.is_empty() => format!("{cause}: {before}"),
        _ => cause.to_owned(),
    };
    Some(Error::boot(format!("{step} (tried in a child process)"), cause))
}

/// In the child: a configuration of its own over the same files, which a fork has duplicated.
fn config_of(config: &BootConfig) -> BootConfig {
    BootConfig {
        library: config.library.clone(),
        guest_half: config.guest_half.clone(),
        keep_open: Vec::new(),
        libdir: config.libdir.clone(),
        sapi_name: config.sapi_name.clone(),
        ini_path: config.ini_path.clone(),
        ini_search: config.ini_search,
        ini_defaults: config.ini_defaults.clone(),
        ini_entries: config.ini_entries.clone(),
        extension_lines: config.extension_lines.clone(),
        executable: config.executable.clone(),
        threads: 1,
        spare_workers: 0,
        max_nesting: super::exchange::MAX_NESTING,
        stack_size: config.stack_size,
        shutdown_timeout: config.shutdown_timeout,
        stop_timeout: config.stop_timeout,
        restore_signals: config.restore_signals,
        host_mask: config.host_mask,
        expected: config.expected,
        extensions: config.extensions.clone(),
        extension_dir: config.extension_dir.clone(),
        demand_opcache: config.demand_opcache,
        time_zones: config.time_zones.clone(),
        environment: config.environment,
        host_thread: config.host_thread,
        deepbind: config.deepbind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_reports_an_error_is_quoted() {
        let said = "Warning: something\nboot: start the guest: opcache is off: why\n";
        let error = own_error(said).unwrap().to_string();
        assert_eq!(
            error,
            "boot: start the guest (tried in a child process): opcache is off: why"
        );
        let said = "Fatal error: no such file\nboot: start the guest: module startup failed\n";
        let error = own_error(said).unwrap().to_string();
        assert!(
            error.ends_with("module startup failed: Fatal error: no such file"),
            "{error}"
        );
        assert_eq!(own_error("Segmentation fault"), None);
        assert_eq!(own_error(""), None);
    }
}
