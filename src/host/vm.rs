//! `FfiZts\Vm`: the guest, or the configuration of one that has not been started.

// Methods take what ext-php-rs hands over: arguments by value, `&self` where the PHP method is not static.
#![allow(clippy::needless_pass_by_value, clippy::unused_self)]
// The names of arguments are those of PHP.
#![allow(non_snake_case)]

use std::sync::Arc;

use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::engine::{self, Request};
use super::throw::{Class, throw};
use super::{info, object, shim, values};
use crate::core::options::{OptionError, Options};
use crate::vm::ScriptMode;

/// Immutable: the `with…` methods return a changed copy, until the first job has started the guest.
#[php_class]
#[php(name = "FfiZts\\Vm", flags = ext_php_rs::flags::ClassFlags::Final)]
pub struct Vm {
    options: Arc<Options>,
}

impl Vm {
    pub(super) fn new(options: Arc<Options>) -> Self {
        Self { options }
    }

    fn changed(&self, change: impl FnOnce(&Options) -> Result<Options, OptionError>) -> Zval {
        if engine::is_settled() {
            throw(
                Class::Misuse,
                "the VM has started: its configuration can be changed only before the first job",
            );
            return Zval::null();
        }
        match change(&self.options).map(Arc::new) {
            Ok(options) if engine::check(&options) => object(Self { options }),
            Ok(_) => Zval::null(),
            Err(error) => {
                throw(Class::Misuse, &error.to_string());
                Zval::null()
            }
        }
    }

    fn start(&self, file: &[u8], argv: Option<&ZendHashTable>) -> Option<Arc<crate::vm::Job>> {
        let mut arguments = vec![file.to_vec()];
        match values::arguments(argv) {
            Ok(rest) => arguments.extend(rest),
            Err(message) => {
                throw(Class::Misuse, &message);
                return None;
            }
        }
        let request = Request {
            mode: ScriptMode::File,
            script: file.to_vec(),
            argv: arguments,
            as_cli: false,
        };
        engine::submit(&self.options, request)
    }
}

#[php_impl]
impl Vm {
    /// A copy with an ini setting for the guest.
    pub fn with_ini_entry(&self, key: &str, value: &Zval) -> Zval {
        self.changed(|options| options.with_ini_entry(key, &values::option_value(value)))
    }

    /// A copy whose guest reads this php.ini.
    pub fn with_ini_file(&self, path: BinarySlice<u8>) -> Zval {
        self.changed(|options| options.with_ini_file(&path))
    }

    /// A copy whose guest loads this extension: a name, found in the extension directory, or a path.
    pub fn with_extension(&self, extension: BinarySlice<u8>) -> Zval {
        self.changed(|options| options.with_extension(&extension))
    }

    /// A copy whose guest finds extensions here.
    pub fn with_extension_dir(&self, path: BinarySlice<u8>) -> Zval {
        self.changed(|options| options.with_extension_dir(&path))
    }

    /// A copy whose jobs run these files first, in order, after those that were named before.
    pub fn with_prepend(&self, files: &[&Zval]) -> Zval {
        match values::strings(files) {
            Ok(files) => self.changed(|options| options.with_prepend(&files)),
            Err(message) => {
                throw(Class::Misuse, &message);
                Zval::null()
            }
        }
    }

    /// A copy whose workers run this file once each, before their first task.
    pub fn with_bootstrap(&self, file: BinarySlice<u8>) -> Zval {
        self.changed(|options| options.with_bootstrap(&file))
    }

    /// Runs a script on a worker and waits for it. Its output goes to the host's output as it comes.
    ///
    /// Returns `FfiZts\Result`. What the script does not catch is thrown here; a fatal error is `FfiZts\ScriptException`.
    #[php(optional = argv)]
    pub fn run_script(&self, file: BinarySlice<u8>, argv: Option<&ZendHashTable>) -> Zval {
        let Some(job) = self.start(&file, argv) else {
            return Zval::null();
        };
        let waited = engine::wait(&job);
        drop(job);
        engine::finish(waited)
    }

    /// Starts a script on a worker. Returns a `FfiZts\Future` that awaits to its `FfiZts\Result`.
    #[php(optional = argv)]
    pub fn start_script(&self, file: BinarySlice<u8>, argv: Option<&ZendHashTable>) -> Zval {
        self.start(&file, argv).map_or_else(Zval::null, shim::future)
    }

    /// Has any free worker call `task` with `args` (string keys are named arguments). Returns a `FfiZts\Future` that awaits to
    /// what it returns. `timeout`: seconds that it may run; then it is stopped.
    #[php(optional = args)]
    pub fn run(&self, task: &Zval, args: Option<&ZendHashTable>, timeout: Option<f64>) -> Zval {
        if !engine::ready(&self.options) {
            return Zval::null();
        }
        engine::finish(shim::submit(task, args, timeout.unwrap_or(0.0)))
    }

    /// A `FfiZts\Thread`: a worker of one's own, which runs tasks in their order.
    #[php(optional = bootstrap)]
    pub fn thread(&self, bootstrap: Option<BinarySlice<u8>>) -> Zval {
        match shim::bootstrap(c"thread", bootstrap.as_deref().copied()) {
            Ok(file) if engine::ready(&self.options) => shim::thread(file),
            _ => Zval::null(),
        }
    }

    /// A `FfiZts\Pool` of `size` workers. A worker starts anew after `maxTasks` tasks, or when it holds more than `maxMemory`
    /// bytes after one.
    #[php(optional = bootstrap)]
    #[php(defaults(maxTasks = 0, maxMemory = 0))]
    pub fn pool(&self, size: i64, bootstrap: Option<BinarySlice<u8>>, maxTasks: i64, maxMemory: i64) -> Zval {
        match shim::bootstrap(c"pool", bootstrap.as_deref().copied()) {
            Ok(file) if engine::ready(&self.options) => shim::pool(size, file, maxTasks, maxMemory),
            _ => Zval::null(),
        }
    }

    /// State, versions, workers, jobs and files as an array. Does not start the guest.
    pub fn info(&self) -> Zval {
        info::array(&self.options)
    }

    /// Ends the guest: no more jobs; running ones get `timeout` seconds (default: the option `shutdown_timeout`).
    #[php(optional = timeout)]
    pub fn shutdown(&self, timeout: Option<f64>) {
        engine::shutdown(timeout);
    }
}
