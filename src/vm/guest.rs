//! The guest half's functions, each callable only where it may be called.
//!
//! # Safety
//! The bridge's rules become types: [`BootThread`] exists only on the boot thread and [`WorkerThread`] only on a worker that
//! `thread_start` accepted, neither can leave its thread, and the table stays valid because nothing is ever unloaded.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};
use std::marker::PhantomData;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};

use super::config::{BootConfig, Expected};
use super::job::{Job, Task};
use super::script::{Prepared, abi_size};
use super::surroundings::{Standing, Surroundings};
use super::sys::descriptors;
use super::time_zones::TimeZones;
use crate::bridge::abi;
use crate::bridge::message::Owned;
use crate::core::Error;

/// What the guest half says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestInfo {
    /// `PHP_VERSION_ID`.
    pub php_version_id: u32,
    /// `ZEND_MODULE_API_NO`.
    pub zend_module_api: u32,
    /// A debug build.
    pub debug: bool,
    /// Compiled with `ZEND_SIGNALS`.
    pub zend_signals: bool,
    /// Compiled with `ZEND_MAX_EXECUTION_TIMERS`.
    pub max_execution_timers: bool,
}

/// What became of opcache and its JIT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpcacheInfo {
    /// It caches, in memory or in files.
    pub enabled: bool,
    /// Its JIT compiles.
    pub jit: bool,
    /// A restart of its memory waits for the running jobs.
    pub restart_pending: bool,
    /// Restarts so far.
    pub restarts: u64,
    /// `on, …` or why not.
    pub opcache_words: String,
    /// The same for the JIT.
    pub jit_words: String,
}

/// An attached guest half.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guest {
    table: &'static abi::GuestTable,
}

impl Guest {
    /// Calls the attach function and checks every size, version and flag before anything else is called.
    ///
    /// # Safety
    /// `attach` is the guest half's exported symbol, from a library that is never unloaded.
    pub(super) unsafe fn attach(
        attach: abi::Attach,
        host: &'static abi::HostTable,
        expected: Option<Expected>,
    ) -> Result<Self, Error> {
        let mut error = no_error();
        // SAFETY: the caller vouches for the function; both arguments are valid for the call.
        let table = unsafe { attach(host, &raw mut error) };
        if table.is_null() {
            return Err(Error::boot("attach the guest half", text(&error)));
        }
        // SAFETY: every version of the table begins with its size and version, two u32.
        let [size, version] = unsafe { ptr::read(table.cast::<[u32; 2]>()) };
        if size != abi_size::<abi::GuestTable>() || version != abi::BRIDGE_VERSION {
            let cause = format!(
                "the guest half speaks bridge version {version} ({size} bytes), this extension {} ({} bytes); rebuild the runtime",
                abi::BRIDGE_VERSION,
                abi_size::<abi::GuestTable>()
            );
            return Err(Error::boot("check the guest half", cause));
        }
        // SAFETY: size and version are ours, so the whole struct is there; it is static in a library never unloaded.
        let table = unsafe { &*table };
        let guest = Self { table };
        guest
            .check(expected)
            .map_err(|cause| Error::boot("check the guest half", cause))?;
        Ok(guest)
    }

    fn check(self, expected: Option<Expected>) -> Result<(), String> {
        let table = self.table;
        if let Some((name, ours, theirs)) = abi::Sizes::HERE.difference(&table.sizes) {
            return Err(format!(
                "{name} has {theirs} bytes in the guest half and {ours} here; rebuild the runtime"
            ));
        }
        if table.zts == 0 {
            return Err("it was compiled against a non-thread-safe PHP; a ZTS build is needed".into());
        }
        let Some(want) = expected else { return Ok(()) };
        let mismatch = |what: &str, theirs: u32, ours: u32| {
            Err(format!(
                "it was compiled for {what} {theirs}, the runtime has {ours}; rebuild the runtime"
            ))
        };
        if table.php_version_id / 100 != want.php_version_id / 100 {
            return mismatch("PHP", table.php_version_id, want.php_version_id);
        }
        if table.zend_module_api != want.zend_module_api {
            return mismatch("module API", table.zend_module_api, want.zend_module_api);
        }
        if (table.debug != 0) != want.debug {
            return mismatch("debug builds", table.debug.into(), want.debug.into());
        }
        Ok(())
    }

    pub(super) fn info(self) -> GuestInfo {
        GuestInfo {
            php_version_id: self.table.php_version_id,
            zend_module_api: self.table.zend_module_api,
            debug: self.table.debug != 0,
            zend_signals: self.table.zend_signals != 0,
            max_execution_timers: self.table.max_execution_timers != 0,
        }
    }

    /// What became of opcache. The guest has booted.
    pub(super) fn opcache(self) -> OpcacheInfo {
        let mut state = abi::Opcache {
            size: abi_size::<abi::Opcache>(),
            loaded: 0,
            enabled: 0,
            jit: 0,
            restart_pending: 0,
            restarts: 0,
            opcache: [0; 320],
            jit_words: [0; 320],
        };
        // SAFETY: any thread may call it after boot, and a `Guest` is handed out by a boot; it fills the struct.
        unsafe { (self.table.opcache)(&raw mut state) };
        OpcacheInfo {
            enabled: state.enabled != 0,
            jit: state.jit != 0,
            restart_pending: state.restart_pending != 0,
            restarts: state.restarts,
            opcache_words: words(&state.opcache),
            jit_words: words(&state.jit_words),
        }
    }

    /// Makes a running worker look at its `stop` soon. The caller holds the worker in `run_script` (see `worker.rs`).
    pub(super) fn interrupt(self, worker: &abi::Worker) {
        // SAFETY: any thread may call it; the guest only touches the struct's atomics, which are shared by design.
        unsafe { (self.table.interrupt)(ptr::from_ref(worker).cast_mut()) }
    }
}

/// The guest keeps the pointer for the life of the process. Only a boot reads it, and a process boots its guest once.
static SAPI_NAME: OnceLock<CString> = OnceLock::new();

/// The boot thread. Only its creator makes one, on that thread.
#[derive(Debug)]
pub(super) struct BootThread {
    guest: Guest,
    this_thread: PhantomData<*mut ()>,
}

impl BootThread {
    /// Starts TSRM, SAPI and modules on the calling thread, which is the boot thread from here on.
    /// `extensions` are lines behind the settings.
    pub(super) fn boot(
        guest: Guest,
        config: &BootConfig,
        extensions: &str,
        zones: Option<TimeZones>,
    ) -> Result<Self, Error> {
        let sapi_name = terminated("SAPI name", config.sapi_name.as_bytes())?;
        let entries = terminated("ini entries", &[&config.ini_entries, extensions.as_bytes()].concat())?;
        let ini_path = config
            .ini_path
            .as_deref()
            .map(|path| terminated_path("ini file", path))
            .transpose()?;
        let optional =
            |what, path: &Option<PathBuf>| path.as_deref().map(|path| terminated_path(what, path)).transpose();
        let executable = optional("executable", &config.executable)?;
        let extension_dir = optional("extension_dir", &config.extension_dir)?;
        let boot = abi::Boot {
            size: abi_size::<abi::Boot>(),
            sapi_name: SAPI_NAME.get_or_init(|| sapi_name).as_ptr(),
            ini_path: ini_path.as_ref().map_or(ptr::null(), |path| path.as_ptr()),
            ini_defaults: super::script::slice(&config.ini_defaults),
            ini_entries: entries.as_ptr(),
            executable: executable.as_ref().map_or(ptr::null(), |path| path.as_ptr()),
            extension_dir: extension_dir.as_ref().map_or(ptr::null(), |path| path.as_ptr()),
            restore_signals: config.restore_signals.into(),
            ini_search: config.ini_search.into(),
            demand_opcache: config.demand_opcache.into(),
            reserved: [0; 5],
            host_mask: config.host_mask,
            inherited: descriptors::inherited(),
            time_zones: zones.map_or(ptr::null(), |zones| ptr::from_ref(zones.into_abi())),
            environment: config.environment.map_or(
                abi::Slice {
                    ptr: ptr::null(),
                    len: 0,
                },
                super::script::slice,
            ),
            host_thread: config.host_thread,
        };
        let mut error = no_error();
        // SAFETY: the strings live until the call returns, the SAPI name for ever; this is the first call of the table on
        // this thread, and no other thread calls it.
        if unsafe { (guest.table.boot)(&raw const boot, &raw mut error) } != 0 {
            return Err(Error::boot("start the guest", text(&error)));
        }
        Ok(Self {
            guest,
            this_thread: PhantomData,
        })
    }

    /// Module shutdown. The caller has seen every worker thread end.
    pub(super) fn shutdown(self) {
        // SAFETY: this is the thread that called `boot` (the value is not Send), and it is called once.
        unsafe { (self.guest.table.shutdown)() }
    }
}

/// The calling thread as a worker that the guest knows; taken down on drop, on whatever path.
#[derive(Debug)]
pub(super) struct WorkerThread {
    guest: Guest,
    worker: Arc<WorkerCell>,
    /// What the request for tasks was started in, for as long as the guest may look at it.
    standing: RefCell<Option<Box<Standing>>>,
    /// Why a task's request could not start: used again, since it is large and most tasks need none.
    error: RefCell<Box<abi::ErrorText>>,
    this_thread: PhantomData<*mut ()>,
}

/// The worker's part of the bridge; it stays in place for as long as anyone holds it.
#[derive(Debug)]
pub(super) struct WorkerCell(pub(super) abi::Worker);

impl WorkerCell {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(abi::Worker {
            size: abi_size::<abi::Worker>(),
            stop: AtomicI32::new(0),
            vm_interrupt: AtomicPtr::new(ptr::null_mut()),
            running: AtomicI32::new(0),
            own_fs: AtomicI32::new(0),
        }))
    }

    /// `EG(vm_interrupt)` of the thread, while it has a context. Must run on that thread, which alone takes it away.
    pub(super) fn interrupt_flag(&self) -> Option<&AtomicBool> {
        let flag = self.0.vm_interrupt.load(Ordering::SeqCst);
        // SAFETY: null, or the thread's own flag, a `bool` that every thread accesses atomically (zend_atomic.h).
        unsafe { flag.cast::<AtomicBool>().as_ref() }
    }

    fn as_mut_ptr(&self) -> *mut abi::Worker {
        ptr::from_ref(&self.0).cast_mut()
    }
}

impl WorkerThread {
    /// Gives the calling thread its context in the guest; the text says why that failed.
    pub(super) fn start(guest: Guest, worker: &Arc<WorkerCell>) -> Result<Self, String> {
        let mut error = no_error();
        // SAFETY: the guest writes only the struct's atomics; the struct outlives the thread's use of it (the value returned
        // here holds it); this thread has no context yet, because `start` is called once at its beginning.
        if unsafe { (guest.table.thread_start)(worker.as_mut_ptr(), &raw mut error) } != 0 {
            return Err(text(&error));
        }
        Ok(Self {
            guest,
            worker: Arc::clone(worker),
            standing: RefCell::new(None),
            error: RefCell::new(Box::new(no_error())),
            this_thread: PhantomData,
        })
    }

    /// Runs one script; `job` goes back to the callbacks, which expect a [`Job`](super::Job) that outlives the call.
    pub(super) fn run_script(&self, script: &Prepared, job: *mut std::ffi::c_void) -> Result<i32, String> {
        let mut error = no_error();
        let status = script.with_abi(job, |script| {
            // SAFETY: this thread was started and is not stopped (the value lives and is not Send); the script's pointers
            // are valid until `with_abi` returns.
            unsafe { (self.guest.table.run_script)(self.worker.as_mut_ptr(), script, &raw mut error) }
        });
        ended(status, &error)
    }

    /// Runs one task in the request that is kept for tasks of the same surroundings; `job` as in [`Self::run_script`].
    pub(super) fn run_task(
        &self,
        task: Task,
        surroundings: &Arc<Surroundings>,
        job: &Job,
        max_memory: u64,
        allowance: u64,
    ) -> Result<i32, String> {
        let mut error = self.error.borrow_mut();
        let mut standing = self.standing.borrow_mut();
        let revision = surroundings.revision();
        // What the request stands in stays until the guest has ended it, or taken over the new, in this very call.
        let before = match &*standing {
            Some(known) if known.surroundings.revision() == revision => None,
            _ => standing.replace(Standing::new(Arc::clone(surroundings))),
        };
        let Some(standing) = &*standing else {
            return Err("no surroundings".into());
        };
        let task = abi::Task {
            size: abi_size::<abi::Task>(),
            reserved: 0,
            job: ptr::from_ref(job).cast_mut().cast(),
            items: if task.items == 0 {
                ptr::null()
            } else {
                ptr::from_ref(job.items())
            },
            surroundings: &raw const standing.script,
            bootstrap: standing.bootstrap,
            number: surroundings.number(),
            revision,
            code: task
                .code
                .as_ref()
                .map_or(ptr::null_mut(), |code| Arc::as_ptr(code).cast_mut().cast()),
            message: task.message.map_or(ptr::null_mut(), Owned::into_raw),
            max_memory,
            allowance,
        };
        // SAFETY: as in `run_script`; the surroundings stay in their box until the next call that brings others has returned,
        // or the thread has stopped; the code is held here, and the message is the guest's to free.
        let status =
            unsafe { (self.guest.table.run_task)(self.worker.as_mut_ptr(), &raw const task, &raw mut **error) };
        drop(before);
        ended(status, &error)
    }

    /// Makes the context what a new one would be, for another lane. False: it cannot, the thread has to stop.
    pub(super) fn renew(&self) -> bool {
        self.end_request();
        // SAFETY: this thread was started and is not stopped, and has no request.
        unsafe { (self.guest.table.thread_renew)(self.worker.as_mut_ptr()) != 0 }
    }

    /// Ends the request for tasks, if there is one.
    pub(super) fn end_request(&self) {
        let standing = self.standing.borrow_mut().take();
        if standing.is_some() {
            // SAFETY: this thread was started and is not stopped; `standing` is there until the call has returned.
            unsafe { (self.guest.table.end_request)(self.worker.as_mut_ptr()) };
        }
    }
}

impl Drop for WorkerThread {
    fn drop(&mut self) {
        self.end_request();
        // SAFETY: the same thread that started, once, last of all.
        unsafe { (self.guest.table.thread_stop)(self.worker.as_mut_ptr()) }
    }
}

fn no_error() -> abi::ErrorText {
    abi::ErrorText { text: [0; 1024] }
}

/// How a run came back: what did not start has said why, and its status means nothing. Every number is a status: `exit(-1)`.
fn ended(status: i32, error: &abi::ErrorText) -> Result<i32, String> {
    if error.text[0] == 0 {
        Ok(status)
    } else {
        Err(text(error))
    }
}

fn text(error: &abi::ErrorText) -> String {
    let said = words(&error.text);
    if said.is_empty() {
        "the guest gave no reason".into()
    } else {
        said
    }
}

/// The text before the closing NUL.
fn words<const N: usize>(text: &[c_char; N]) -> String {
    let bytes = text.map(c_char::cast_unsigned);
    CStr::from_bytes_until_nul(&bytes)
        .map_or_else(|_| String::from_utf8_lossy(&bytes), CStr::to_string_lossy)
        .into_owned()
}

fn terminated(what: &'static str, bytes: &[u8]) -> Result<CString, Error> {
    CString::new(bytes).map_err(|_| Error::Argument {
        what: what.into(),
        reason: "must not contain a NUL byte".into(),
    })
}

fn terminated_path(what: &'static str, path: &Path) -> Result<CString, Error> {
    terminated(what, path.as_os_str().as_bytes())
}
