//! The host's C shim (`shim/host.c`) as safe functions.
//!
//! # Safety
//! Must run on the host's thread, inside a request. Every call that may leave by longjmp is guarded in C and comes back
//! as a [`Flow`]; after `Bailout` the caller releases what it holds, returns to the outermost frame and calls
//! [`bailout`] there.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::Arc;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

use crate::vm::Job;

/// What a guarded call into the engine came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Flow {
    /// It returned.
    Ok,
    /// It ended by a bailout: exit, a fatal error, the time limit.
    Bailout,
    /// An exception is pending.
    Thrown,
}

impl Flow {
    fn from(outcome: c_int) -> Self {
        // As `shim/host.c` numbers them.
        const OK: c_int = 0;
        const BAILED_OUT: c_int = 1;
        match outcome {
            OK => Self::Ok,
            BAILED_OUT => Self::Bailout,
            _ => Self::Thrown,
        }
    }
}

/// Takes a name into the list.
type Found = unsafe extern "C" fn(list: *mut c_void, name: *const u8, len: usize);

/// Takes a setting and its value into the list.
type FoundEntry =
    unsafe extern "C" fn(list: *mut c_void, key: *const u8, key_len: usize, value: *const u8, value_len: usize);

unsafe extern "C" {
    fn fz_host_interrupted() -> bool;
    fn fz_host_dispatch() -> c_int;
    fn fz_host_refuse_emptied() -> c_int;
    fn fz_host_bailout() -> !;
    fn fz_host_holds_back() -> bool;
    fn fz_host_has_held() -> bool;
    fn fz_host_drop_held();
    fn fz_host_write(buf: *const u8, len: usize) -> c_int;
    fn fz_host_log(buf: *const u8, len: usize, level: c_int) -> c_int;
    fn fz_host_log_late(buf: *const u8, len: usize, level: c_int);
    fn fz_host_ini(name: *const u8, len: usize, value_len: *mut usize) -> *const u8;
    fn fz_host_configured(name: *const u8, len: usize, value_len: *mut usize) -> *const u8;
    fn fz_host_ini_entries(text: *const c_char, len: usize, found: FoundEntry, list: *mut c_void);
    fn fz_host_functions() -> u32;
    fn fz_host_disabled_learn();
    fn fz_host_disabled_functions(found: Found, list: *mut c_void);
    fn fz_host_disabled_classes(found: Found, list: *mut c_void);
    fn fz_host_user_may_set(name: *const u8, len: usize) -> bool;
    fn fz_host_modules(found: Found, list: *mut c_void);
    fn fz_host_has_module(name: *const u8, len: usize) -> bool;
    fn fz_host_reads_system_zones() -> bool;
    fn fz_host_may_access(path: *const c_char) -> bool;
    fn fz_host_sapi_name() -> *const c_char;
    fn fz_host_own_path() -> *const c_char;
    fn fz_host_declare_classes(engine: *const crate::bridge::abi::EngineTable);
    fn fz_closures_request_end();
    fn fz_host_surroundings_watch();
    fn fz_host_setting_next(
        position: *mut u32,
        name: *mut *const u8,
        name_len: *mut usize,
        value: *mut *const u8,
        value_len: *mut usize,
    ) -> bool;
    fn fz_host_setting(name: *const u8, len: usize, value_len: *mut usize) -> *const u8;
    fn fz_host_zone() -> *const c_char;
    fn fz_host_umask_calls() -> u64;
    fn fz_host_generation() -> u64;
    fn fz_host_generation_forget();
    fn fz_host_autoloader(position: *mut u32, len: *mut usize) -> *const u8;
    fn fz_host_outcome(future: *mut c_void, out: *mut Zval) -> c_int;
    fn fz_host_future(future: *mut c_void, out: *mut Zval);
    fn fz_host_check_arguments(class: *const u8, len: usize);
    fn fz_host_submit(task: *mut Zval, arguments: *mut ZendHashTable, limit: f64, out: *mut Zval) -> c_int;
    fn fz_bootstrap_file(method: *const c_char, given: *const ZendStr) -> *mut ZendStr;
    fn fz_host_thread(bootstrap: *mut ZendStr, out: *mut Zval);
    fn fz_host_pool(size: i64, bootstrap: *mut ZendStr, max_tasks: i64, max_memory: i64, out: *mut Zval);
    fn fz_host_throw(which: c_int, message: *const u8, len: usize);
    fn fz_host_info(module: *mut ext_php_rs::zend::ModuleEntry, rows: *const *const c_char, count: usize);
}

/// Whether the VM wants control: a signal handler to run, or the time limit.
pub(super) fn interrupted() -> bool {
    // SAFETY: see the top of this file.
    unsafe { fz_host_interrupted() }
}

/// Runs what the VM would run at an interrupt: pending signal handlers, or the time limit's fatal error.
pub(super) fn dispatch() -> Flow {
    // SAFETY: see the top of this file.
    Flow::from(unsafe { fz_host_dispatch() })
}

/// A fatal error where `disable_classes` has taken what every exception is made of.
pub(super) fn refuse_emptied() -> Flow {
    // SAFETY: see the top of this file.
    Flow::from(unsafe { fz_host_refuse_emptied() })
}

/// Goes on with a bailout that a guarded call caught.
///
/// # Safety
/// No frame between here and the engine holds a value with a destructor, but those of the generated handlers.
pub(super) unsafe fn bailout() -> ! {
    // SAFETY: the caller's promise.
    unsafe { fz_host_bailout() }
}

/// Whether [`write`] keeps what it is given, since an output handler is running.
pub(super) fn holds_back() -> bool {
    // SAFETY: see the top of this file.
    unsafe { fz_host_holds_back() }
}

/// Whether it has kept something.
pub(super) fn has_held() -> bool {
    // SAFETY: see the top of this file.
    unsafe { fz_host_has_held() }
}

/// Forgets what it has kept: nobody is there for it any more.
pub(super) fn drop_held() {
    // SAFETY: on the host's thread, while Zend's heap is intact.
    unsafe { fz_host_drop_held() }
}

/// Writes to the host's output layer what was held back, then this, or keeps both.
pub(super) fn write(bytes: &[u8]) -> Flow {
    // SAFETY: see the top of this file.
    Flow::from(unsafe { fz_host_write(bytes.as_ptr(), bytes.len()) })
}

/// Writes a line to the host's error log.
pub(super) fn log(line: &[u8]) -> Flow {
    // SAFETY: see the top of this file; LOG_NOTICE is what php-src takes for lines without a level.
    Flow::from(unsafe { fz_host_log(line.as_ptr(), line.len(), libc::LOG_NOTICE) })
}

/// Writes a line to the SAPI's own log: for the time between a request's end and that of its heap.
pub(super) fn log_late(line: &[u8]) {
    // SAFETY: the line is copied; a SAPI's log neither runs PHP code nor bails out.
    unsafe { fz_host_log_late(line.as_ptr(), line.len(), libc::LOG_NOTICE) }
}

/// Value of an ini setting of the host; `None` where there is no such setting.
pub(super) fn ini(name: &str) -> Option<Vec<u8>> {
    let mut len = 0;
    // SAFETY: see the top of this file; the bytes are copied before anything can change the setting.
    unsafe {
        let value = fz_host_ini(name.as_ptr(), name.len(), &raw mut len);
        (!value.is_null()).then(|| std::slice::from_raw_parts(value, len).to_vec())
    }
}

/// Counts from now on what [`generation`] could not see otherwise. Module startup only.
pub(super) fn watch_surroundings() {
    // SAFETY: called once, from module startup.
    unsafe { fz_host_surroundings_watch() }
}

/// All settings that `wanted` names, with the values that they had before the request changed them.
pub(super) fn first_settings(wanted: impl Fn(&str) -> bool) -> Vec<(String, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let (mut position, mut name_len, mut value_len) = (0, 0, 0);
    let (mut name, mut value) = (std::ptr::null(), std::ptr::null());
    // SAFETY: see the top of this file; nothing changes a setting in between, and the bytes are copied.
    unsafe {
        while fz_host_setting_next(
            &raw mut position,
            &raw mut name,
            &raw mut name_len,
            &raw mut value,
            &raw mut value_len,
        ) {
            let key = String::from_utf8_lossy(std::slice::from_raw_parts(name, name_len));
            if wanted(&key) {
                let value = (!value.is_null()).then(|| std::slice::from_raw_parts(value, value_len).to_vec());
                found.push((key.into_owned(), value));
            }
        }
    }
    found
}

/// Value of a setting as it is; `None`: it has none.
pub(super) fn setting(name: &str) -> Option<Vec<u8>> {
    let mut len = 0;
    // SAFETY: see the top of this file; the bytes are copied before anything can change the setting.
    unsafe {
        let value = fz_host_setting(name.as_ptr(), name.len(), &raw mut len);
        (!value.is_null()).then(|| std::slice::from_raw_parts(value, len).to_vec())
    }
}

/// The time zone that the script has set; empty: none.
pub(super) fn zone() -> Vec<u8> {
    // SAFETY: see the top of this file; the bytes are copied before anything can change them.
    unsafe { CStr::from_ptr(fz_host_zone()) }.to_bytes().to_vec()
}

/// How often PHP code has called `umask()`.
pub(super) fn umask_calls() -> u64 {
    // SAFETY: a number of this thread's.
    unsafe { fz_host_umask_calls() }
}

/// A number that changes with what jobs take over from the host: settings, directory, environment, umask, time zone, included files; while
/// the request ends, always another.
pub(super) fn generation() -> u64 {
    // SAFETY: see the top of this file.
    unsafe { fz_host_generation() }
}

/// Value of an ini setting as text.
pub(super) fn ini_text(name: &str) -> String {
    ini(name)
        .map(|value| String::from_utf8_lossy(&value).into_owned())
        .unwrap_or_default()
}

/// Whether an ini setting is on.
pub(super) fn ini_flag(name: &str) -> bool {
    matches!(
        ini_text(name).trim().to_ascii_lowercase().as_str(),
        "1" | "on" | "yes" | "true"
    )
}

/// What php.ini or `-d` says of a setting, whatever its value is by now.
pub(super) fn configured(name: &str) -> String {
    let mut len = 0;
    // SAFETY: see the top of this file; the bytes are copied.
    unsafe {
        let value = fz_host_configured(name.as_ptr(), name.len(), &raw mut len);
        if value.is_null() {
            return String::new();
        }
        String::from_utf8_lossy(std::slice::from_raw_parts(value, len)).into_owned()
    }
}

/// A setting by name, and its value.
pub(super) type Entry = (Vec<u8>, Vec<u8>);

/// The settings of a text in php.ini syntax, up to its first error; those of sections for a path or host are none.
pub(super) fn ini_entries(text: &[u8]) -> Vec<Entry> {
    unsafe extern "C" fn found(list: *mut c_void, key: *const u8, key_len: usize, value: *const u8, value_len: usize) {
        // SAFETY: the call below: the list is its own and alive, key and value are valid for this call.
        unsafe {
            let bytes = |at, len| std::slice::from_raw_parts(at, len).to_vec();
            (*list.cast::<Vec<Entry>>()).push((bytes(key, key_len), bytes(value, value_len)));
        }
    }
    let mut list: Vec<Entry> = Vec::new();
    // SAFETY: see the top of this file; `found` is called with this list.
    unsafe { fz_host_ini_entries(text.as_ptr().cast(), text.len(), found, (&raw mut list).cast()) };
    list
}

/// How many functions the engine has.
pub(super) fn functions() -> u32 {
    // SAFETY: see the top of this file.
    unsafe { fz_host_functions() }
}

/// Learns how a disabled class looks. Module startup only.
pub(super) fn learn_disabled() {
    // SAFETY: called once, from module startup.
    unsafe { fz_host_disabled_learn() }
}

/// The functions that modules have brought and the engine has not any more, in lower case, as `disable_functions` names them.
pub(super) fn disabled_functions() -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    // SAFETY: see the top of this file; `found` is called with this list and names that are valid for the call.
    unsafe { fz_host_disabled_functions(found, (&raw mut list).cast()) };
    for name in &mut list {
        name.make_ascii_lowercase();
    }
    list
}

/// The classes that the engine has emptied.
pub(super) fn disabled_classes() -> Vec<String> {
    let mut list = Vec::new();
    // SAFETY: as above.
    unsafe { fz_host_disabled_classes(found, (&raw mut list).cast()) };
    list
}

unsafe extern "C" fn found(list: *mut c_void, name: *const u8, len: usize) {
    // SAFETY: the callers above: the list is theirs and alive, the name is valid for this call.
    unsafe {
        (*list.cast::<Vec<String>>()).push(String::from_utf8_lossy(std::slice::from_raw_parts(name, len)).into_owned());
    }
}

/// Lets go of what [`generation`] holds: another module's bailout may have kept it from [`request_ends`].
pub(super) fn forget_generation() {
    // SAFETY: on the host's thread, while Zend's heap is intact.
    unsafe { fz_host_generation_forget() }
}

/// Whether the host knows a setting and a script may set it now.
pub(super) fn user_may_set(name: &str) -> bool {
    // SAFETY: see the top of this file.
    unsafe { fz_host_user_may_set(name.as_ptr(), name.len()) }
}

/// Names of the modules that the host has loaded for good, each behind those that it needs.
pub(super) fn modules() -> Vec<String> {
    let mut names = Vec::new();
    // SAFETY: see the top of this file; `found` is called with this list and names that are valid for the call.
    unsafe { fz_host_modules(found, (&raw mut names).cast()) };
    names
}

/// Whether the host has loaded a module.
pub(super) fn has_module(name: &str) -> bool {
    // SAFETY: see the top of this file.
    unsafe { fz_host_has_module(name.as_ptr(), name.len()) }
}

/// Whether `open_basedir` lets this request read or write a path. False for one that holds a NUL byte.
pub(super) fn may_access(path: &[u8]) -> bool {
    // SAFETY: see the top of this file; the check warns nobody, so that it cannot leave.
    std::ffi::CString::new(path).is_ok_and(|path| unsafe { fz_host_may_access(path.as_ptr()) })
}

/// Whether the host's time zones are the system's.
pub(super) fn reads_system_zones() -> bool {
    // SAFETY: see the top of this file; the function of PHP that it calls does nothing but to answer.
    unsafe { fz_host_reads_system_zones() }
}

/// Name of the host's SAPI.
pub(super) fn sapi_name() -> String {
    // SAFETY: the SAPI's name is a NUL-terminated string for the life of the process.
    unsafe { CStr::from_ptr(fz_host_sapi_name()) }
        .to_string_lossy()
        .into_owned()
}

/// File that this extension was loaded from. Module startup only: the loader's name may be relative to that moment.
pub(super) fn own_path() -> Option<std::path::PathBuf> {
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::OsStrExt;
    // SAFETY: null, or the loader's own NUL-terminated string.
    let name = unsafe {
        let name = fz_host_own_path();
        (!name.is_null()).then(|| CStr::from_ptr(name))
    };
    // Not by canonicalize(): realpath() allocates in the C library, which calls a preloaded allocator there, and we free it,
    // which PHP's RTLD_DEEPBIND binds to the C library's own. Loading the extension must not end such a process.
    let file = std::fs::File::open(std::ffi::OsStr::from_bytes(name?.to_bytes())).ok()?;
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
}

/// Declares exceptions and `FfiZts\Result`. Module startup only.
pub(super) fn declare_classes() {
    // SAFETY: called once, from module startup.
    unsafe { fz_host_declare_classes(super::engine::table()) }
}

/// Has the arguments of a class's methods checked as PHP checks those of its own. Once, when the class has been registered.
pub(super) fn check_arguments(class: &str) {
    // SAFETY: see the top of this file; the name is copied.
    unsafe { fz_host_check_arguments(class.as_ptr(), class.len()) }
}

/// Gives up what is kept of closures' code for the length of a request. Request shutdown only.
pub(super) fn request_ends() {
    // SAFETY: called once a request on the host's thread, while Zend's heap is intact; runs no PHP code and cannot bail out.
    unsafe {
        fz_closures_request_end();
        fz_host_generation_forget();
    }
}

/// Composer's `autoload.php`, each that this request has included, in that order.
pub(super) fn autoloaders() -> Vec<Vec<u8>> {
    let (mut position, mut len) = (0, 0);
    std::iter::from_fn(|| {
        // SAFETY: see the top of this file; the bytes are copied before anything else runs.
        unsafe {
            let path = fz_host_autoloader(&raw mut position, &raw mut len);
            (!path.is_null()).then(|| std::slice::from_raw_parts(path, len).to_vec())
        }
    })
    .collect()
}

/// What a job that has ended came to: the value of a task, the `Result` of a script; or its failure, thrown.
pub(super) fn outcome(job: &Arc<Job>) -> Result<Zval, Flow> {
    let mut out = Zval::new();
    // SAFETY: see the top of this file; the handle is borrowed for the call, in which `job` lives.
    match Flow::from(unsafe { fz_host_outcome(Arc::as_ptr(job).cast_mut().cast(), &raw mut out) }) {
        Flow::Ok => Ok(out),
        flow => Err(flow),
    }
}

/// A `FfiZts\Future`.
pub(super) fn future(job: Arc<Job>) -> Zval {
    let mut out = Zval::new();
    // SAFETY: see the top of this file; the object takes the count of the job over.
    unsafe { fz_host_future(crate::bridge::message::into_handle(job), &raw mut out) };
    out
}

/// Submits a task to any free worker: its `FfiZts\Future`.
pub(super) fn submit(task: &Zval, arguments: Option<&ZendHashTable>, limit: f64) -> Result<Zval, Flow> {
    let mut out = Zval::new();
    let arguments = arguments.map_or(std::ptr::null_mut(), |arguments| {
        std::ptr::from_ref(arguments).cast_mut()
    });
    // SAFETY: see the top of this file; the values are read, and references to them taken, not changed.
    match Flow::from(unsafe { fz_host_submit(std::ptr::from_ref(task).cast_mut(), arguments, limit, &raw mut out) }) {
        Flow::Ok => Ok(out),
        flow => Err(flow),
    }
}

/// The absolute path of the bootstrap file that a method was given. `Err`: it cannot be one, thrown.
pub(super) fn bootstrap(method: &CStr, given: Option<&[u8]>) -> Result<Option<ZBox<ZendStr>>, Flow> {
    let Some(given) = given else { return Ok(None) };
    let given = ZendStr::new(given, false);
    // SAFETY: see the top of this file; the string is read.
    let path = unsafe { fz_bootstrap_file(method.as_ptr(), &raw const *given) };
    if path.is_null() {
        return Err(Flow::Thrown);
    }
    // SAFETY: a new string, whose one count is taken over.
    Ok(Some(unsafe { ZBox::from_raw(path) }))
}

fn raw(text: Option<ZBox<ZendStr>>) -> *mut ZendStr {
    text.map_or(std::ptr::null_mut(), ZBox::into_raw)
}

/// A `FfiZts\Thread`; null after throwing.
pub(super) fn thread(bootstrap: Option<ZBox<ZendStr>>) -> Zval {
    let mut out = Zval::new();
    // SAFETY: see the top of this file; the path is handed over.
    unsafe { fz_host_thread(raw(bootstrap), &raw mut out) };
    out
}

/// A `FfiZts\Pool`; null after throwing.
pub(super) fn pool(size: i64, bootstrap: Option<ZBox<ZendStr>>, max_tasks: i64, max_memory: i64) -> Zval {
    let mut out = Zval::new();
    // SAFETY: see the top of this file; the path is handed over.
    unsafe { fz_host_pool(size, raw(bootstrap), max_tasks, max_memory, &raw mut out) };
    out
}

/// Throws one of the classes of the shim's table.
pub(super) fn throw(which: c_int, message: &str) {
    // SAFETY: see the top of this file; the message is copied.
    unsafe { fz_host_throw(which, message.as_ptr(), message.len()) }
}

/// Prints the module's table for `phpinfo()` and `php --ri`.
pub(super) fn info(module: *mut ext_php_rs::zend::ModuleEntry, rows: &[(std::ffi::CString, std::ffi::CString)]) {
    let pointers: Vec<_> = rows
        .iter()
        .flat_map(|(name, value)| [name.as_ptr(), value.as_ptr()])
        .collect();
    // SAFETY: see the top of this file; the strings live until the call returns. php_info functions print through the
    // output layer, which may bail out; what leaks then is this table, once, at the end of a request.
    unsafe { fz_host_info(module, pointers.as_ptr(), pointers.len()) }
}
