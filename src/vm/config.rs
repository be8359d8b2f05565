//! How a VM is to be started.

use std::fmt;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::time_zones;
use crate::core::options::ExtensionLine;

/// Names the file to open in place of an extension that the guest is about to open; an `Err` is the reason for a refusal.
/// Called on any thread of the guest.
pub type ExtensionOpener = Arc<dyn Fn(&Path) -> Result<PathBuf, String> + Send + Sync>;

/// Everything that [`Vm::boot`](super::Vm::boot) needs. Paths are taken as they are; whoever fills this has checked them.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct BootConfig {
    /// File of libphp; may be `/proc/self/fd/N`.
    pub library: PathBuf,
    /// The guest half, compiled against that libphp and depending on its SONAME; may be `/proc/self/fd/N`.
    pub guest_half: PathBuf,
    /// Descriptors that the paths above go through; kept open for the life of the process.
    pub keep_open: Vec<OwnedFd>,
    /// Directory that libphp's dependencies load from, before the system's. A library that the process has already loaded
    /// under the same SONAME stays the one in use.
    pub libdir: Option<PathBuf>,
    /// Name of the SAPI, e.g. `ffi-zts` or `cli`.
    pub sapi_name: String,
    /// A php.ini to read.
    pub ini_path: Option<PathBuf>,
    /// Without `ini_path`: search php.ini as the CLI does.
    pub ini_search: bool,
    /// Defaults of settings, `name\0value\0…`, which the file and `ini_entries` beat.
    pub ini_defaults: Vec<u8>,
    /// Settings in php.ini syntax; they beat the file.
    pub ini_entries: Vec<u8>,
    /// Extensions, in load order; they come behind all settings.
    pub extension_lines: Vec<ExtensionLine>,
    /// `PHP_BINARY`.
    pub executable: Option<PathBuf>,
    /// Most workers at a time; at least 1.
    pub threads: usize,
    /// Most workers of ended lanes that wait a while for another one.
    pub spare_workers: usize,
    /// Levels of arrays and objects that a value may have to cross.
    pub max_nesting: u32,
    /// Stack of the boot thread and of each worker, in bytes.
    pub stack_size: usize,
    /// What a shutdown without a timeout of its own is given.
    pub shutdown_timeout: Duration,
    /// What a job over its time limit is given to end before it is lost.
    pub stop_timeout: Duration,
    /// libphp has `ZEND_SIGNALS`, by its file. The guest half switches off what they take over (`guest/shim/foreign.c`).
    pub restore_signals: bool,
    /// Refuse a guest half that was compiled against anything else.
    pub expected: Option<Expected>,
    /// Asked for each extension that the guest opens, by whatever name; without one they are all refused.
    pub extensions: Option<ExtensionOpener>,
    /// Default of the setting `extension_dir`, which php.ini and `ini_entries` may change; without one libphp's own.
    pub extension_dir: Option<PathBuf>,
    /// Signals that the host's thread blocks, bit n-1 for signal n; child processes of jobs start so.
    pub host_mask: u64,
    /// Refuse to start when opcache or its JIT is asked for and does not come up.
    pub demand_opcache: bool,
    /// Time zones that the guest uses in place of libphp's own, where its host does so.
    pub time_zones: Option<Arc<time_zones::Source>>,
    /// The environment that native code of the guest reads, `A=1\0B=2\0`: no script may have changed it. Without one the process's own.
    pub environment: Option<&'static [u8]>,
    /// `pthread_t` of the host's thread.
    pub host_thread: u64,
    /// Open with `RTLD_DEEPBIND`. Only a process without Zend symbols of its own may do without (sanitizers insist).
    pub deepbind: bool,
}

/// What the guest half must have been compiled against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// `PHP_VERSION_ID`.
    pub php_version_id: u32,
    /// `ZEND_MODULE_API_NO`.
    pub zend_module_api: u32,
    /// A debug build.
    pub debug: bool,
}

impl BootConfig {
    /// 16 MiB: twice what a main thread usually has, because PHP 8.2 does not check the stack itself.
    pub const STACK_SIZE: usize = 16 << 20;

    /// Defaults for everything but the two files. Must run on the host's thread, whose signal mask it notes.
    pub fn new(library: impl Into<PathBuf>, guest_half: impl Into<PathBuf>) -> Self {
        Self {
            library: library.into(),
            guest_half: guest_half.into(),
            keep_open: Vec::new(),
            libdir: None,
            sapi_name: "ffi-zts".into(),
            ini_path: None,
            ini_search: false,
            ini_defaults: Vec::new(),
            ini_entries: Vec::new(),
            extension_lines: Vec::new(),
            executable: None,
            threads: crate::core::processors(),
            spare_workers: 4,
            max_nesting: super::exchange::MAX_NESTING,
            stack_size: Self::STACK_SIZE,
            shutdown_timeout: Duration::from_secs(5),
            stop_timeout: Duration::from_secs(2),
            restore_signals: false,
            host_mask: super::sys::signal::blocked(),
            expected: None,
            extensions: None,
            extension_dir: None,
            demand_opcache: true,
            time_zones: None,
            environment: None,
            host_thread: super::sys::thread::current(),
            deepbind: true,
        }
    }
}

impl fmt::Debug for BootConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BootConfig")
            .field("library", &self.library)
            .field("guest_half", &self.guest_half)
            .field("sapi_name", &self.sapi_name)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
