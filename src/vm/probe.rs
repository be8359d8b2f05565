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

/// Boots `config` in a child process and gives it back if that went well.
///
/// Must be called before this process has booted. The child runs no handler of the host: it leaves by `_exit`.
///
/// # Errors
/// A [`Error::Boot`] with what the child said or how it ended.
pub fn probe(config: BootConfig) -> Result<BootConfig, Error> {
    let failed = |cause: String| Error::boot("probe in a child process", cause);
    let body = || match Vm::boot(config_of(&config)) {
        Ok(_) => 0,
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    match child::run(Deadline::after(LIMIT), KEEP, body) {
        Ok((Ended::Exited(0), _)) => Ok(config),
        Ok((ended, said)) => Err(failed(format!("{ended}: {}", String::from_utf8_lossy(&said).trim()))),
        Err(error) => Err(failed(error.to_string())),
    }
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
        ini_entries: config.ini_entries.clone(),
        executable: config.executable.clone(),
        threads: 1,
        stack_size: config.stack_size,
        shutdown_timeout: config.shutdown_timeout,
        restore_signals: config.restore_signals,
        host_mask: config.host_mask,
        expected: config.expected,
        extensions: config.extensions.clone(),
        extension_dir: config.extension_dir.clone(),
        deepbind: config.deepbind,
    }
}
