//! The options of `FfiZts::boot()`, each with its ini setting `ffi_zts.<name>`; an option beats its setting.
//!
//! Here they are parsed and checked as plain data: nothing is opened. What chooses native code may be refused later, by
//! [`policy`](super::policy), depending on where it was given; therefore each value remembers its [`Source`].

mod error;
mod ini;
mod lines;
mod parts;
mod read;
mod setting;
mod value;
mod with;

use std::path::PathBuf;
use std::time::Duration;

pub use error::OptionError;
pub use ini::{ExtensionLine, ini_lines, ini_text};
pub use lines::{ExtensionLines, extension_lines};
pub use value::OptionValue;

/// Where a value was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Nowhere: the default.
    Default,
    /// The setting `ffi_zts.<name>` in php.ini, which an administrator controls.
    PhpIni,
    /// The array given to `boot()`, or a `with…()` method.
    Runtime,
}

/// Where a job's output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Through the host's output layer, so that `ob_start()` sees it.
    #[default]
    Host,
    /// Straight to descriptor 1, for tools.
    Stdout,
}

/// One entry of the option `ini`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IniEntry {
    /// Name of the guest's setting.
    pub key: String,
    /// Its value, byte for byte.
    pub value: String,
    /// Where it was given.
    pub source: Source,
}

/// Among extensions: those that the host has loaded and the runtime has.
pub const HOST: &str = "host";

/// Among extensions: none but those that are named.
pub const BARE: &str = "bare";

/// Most workers of a kind: what [`Options::threads`] and [`Options::spare_workers`] may be, and the size of a pool.
pub const THREADS_MOST: usize = 1024;

/// The checked options. Two are equal when their values are, wherever they were given.
#[derive(Clone, Debug)]
pub struct Options {
    /// File of libphp; default: the runtime's.
    pub library: Option<PathBuf>,
    /// Directory that libphp's dependencies load from.
    pub libdir: Option<PathBuf>,
    /// Name to find the VM by.
    pub scope: Option<String>,
    /// Directory of the runtime; default: beside `ffi_zts.so`.
    pub runtime: Option<PathBuf>,
    /// Most workers at a time, 1 to 1024; default: number of processors.
    pub threads: usize,
    /// Most workers of ended threads and pools that wait a while for the next one, 0 to 1024; default: 4.
    pub spare_workers: usize,
    /// Levels of arrays and objects that a value may have to cross, 128 to 65535; default: 1024. A thread's stack may allow less.
    pub max_nesting: u32,
    /// Stack of each guest thread in bytes, 256 KiB to 1 GiB; default: 16 MiB.
    pub stack_size: usize,
    /// Settings of the guest; a later entry of the same key has replaced the earlier one.
    pub ini: Vec<IniEntry>,
    /// A php.ini for the guest.
    pub ini_file: Option<PathBuf>,
    /// Extensions by name or path, in load order; [`HOST`] stands for those of the host. Default: these.
    pub extensions: Vec<String>,
    /// Where extensions given by name are; default: the runtime's.
    pub extension_dir: Option<PathBuf>,
    /// PHP files to run before each job, in order.
    pub prepend: Vec<PathBuf>,
    /// PHP file to run once per worker.
    pub bootstrap: Option<PathBuf>,
    /// Workers run the Composer autoloaders that the host has included, before a bootstrap file; default: yes.
    pub autoload: bool,
    /// Name of the SAPI; default: `ffi-zts`.
    pub sapi_name: String,
    /// What a shutdown is given before stragglers are left behind; default: 5 s.
    pub shutdown_timeout: Duration,
    /// What a job over its time limit is given to end before it is lost; default: 2 s.
    pub stop_timeout: Duration,
    /// Where output goes; default: the host.
    pub output: Output,
    sources: [Source; NAMES.len()],
}

/// The options' names, in the order of the documentation.
pub const NAMES: [&str; 19] = [
    "library",
    "libdir",
    "scope",
    "runtime",
    "threads",
    "spare_workers",
    "max_nesting",
    "stack_size",
    "ini",
    "ini_file",
    "extensions",
    "extension_dir",
    "prepend",
    "bootstrap",
    "autoload",
    "sapi_name",
    "shutdown_timeout",
    "stop_timeout",
    "output",
];

impl Default for Options {
    fn default() -> Self {
        Self {
            library: None,
            libdir: None,
            scope: None,
            runtime: None,
            threads: crate::core::processors().min(THREADS_MOST),
            spare_workers: 4,
            max_nesting: 1024,
            stack_size: 16 << 20,
            ini: Vec::new(),
            ini_file: None,
            extensions: vec![HOST.into()],
            extension_dir: None,
            prepend: Vec::new(),
            bootstrap: None,
            autoload: true,
            sapi_name: "ffi-zts".into(),
            shutdown_timeout: Duration::from_secs(5),
            stop_timeout: Duration::from_secs(2),
            output: Output::Host,
            sources: [Source::Default; NAMES.len()],
        }
    }
}

impl Options {
    /// Where an option was given. For `ini` it is the most recent place; each [`IniEntry`] has one of its own.
    /// A name that is no option has no source: [`Source::Default`].
    #[must_use]
    pub fn source(&self, name: &str) -> Source {
        NAMES
            .iter()
            .position(|known| *known == name)
            .map_or(Source::Default, |at| self.sources[at])
    }

    /// The last value given for a setting of the guest; names are case-sensitive, as in php.ini.
    #[must_use]
    pub fn ini_entry(&self, key: &str) -> Option<&IniEntry> {
        self.ini.iter().find(|entry| entry.key == key)
    }

    /// Names of the options whose values differ; `ini` by entries.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let same = |name: &str| match name {
            "library" => self.library == other.library,
            "libdir" => self.libdir == other.libdir,
            "scope" => self.scope == other.scope,
            "runtime" => self.runtime == other.runtime,
            "threads" => self.threads == other.threads,
            "spare_workers" => self.spare_workers == other.spare_workers,
            "max_nesting" => self.max_nesting == other.max_nesting,
            "stack_size" => self.stack_size == other.stack_size,
            "ini" => same_entries(&self.ini, &other.ini),
            "ini_file" => self.ini_file == other.ini_file,
            "extensions" => self.extensions == other.extensions,
            "extension_dir" => self.extension_dir == other.extension_dir,
            "prepend" => self.prepend == other.prepend,
            "bootstrap" => self.bootstrap == other.bootstrap,
            "autoload" => self.autoload == other.autoload,
            "sapi_name" => self.sapi_name == other.sapi_name,
            "shutdown_timeout" => self.shutdown_timeout == other.shutdown_timeout,
            "stop_timeout" => self.stop_timeout == other.stop_timeout,
            _ => self.output == other.output,
        };
        NAMES.into_iter().filter(|name| !same(name)).collect()
    }

    fn set_source(&mut self, name: &str, source: Source) {
        if let Some(at) = NAMES.iter().position(|known| *known == name) {
            self.sources[at] = source;
        }
    }

    /// Sets one entry; the same key loses its earlier value and takes the last place. Names that are disabled are only added.
    fn set_ini(&mut self, mut entry: IniEntry) {
        if matches!(&*entry.key, "disable_functions" | "disable_classes")
            && let Some(earlier) = self.ini_entry(&entry.key)
            && earlier.value != entry.value
        {
            entry.value = format!("{},{}", earlier.value, entry.value);
        }
        self.ini.retain(|earlier| earlier.key != entry.key);
        self.ini.push(entry);
    }
}

/// Entries have unique keys, so equal length and inclusion are equality; their order does not matter.
fn same_entries(left: &[IniEntry], right: &[IniEntry]) -> bool {
    let has = |entry: &IniEntry| {
        right
            .iter()
            .any(|other| other.key == entry.key && other.value == entry.value)
    };
    left.len() == right.len() && left.iter().all(has)
}

impl PartialEq for Options {
    fn eq(&self, other: &Self) -> bool {
        self.differences(other).is_empty()
    }
}

impl Eq for Options {}

#[cfg(test)]
mod tests;
