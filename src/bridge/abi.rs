//! The C ABI between the two halves, as the Rust side sees it.
//!
//! `bridge.h` states the same structs for C; the sizes of all are compared when the halves attach, and the
//! fake guest of `tests/vm`, compiled from `bridge.h`, uses them across the border. Everything here is plain data: pointers
//! are valid for the length of the call that passes them, unless the field says otherwise.

use std::ffi::{c_char, c_int, c_void};

use super::message::Message;
use crate::core::Error;
use crate::core::items::Items;

/// Version of this ABI; both halves must agree.
pub const BRIDGE_VERSION: u32 = 3;

/// Name of the one symbol that the guest half exports.
pub const ATTACH_SYMBOL: &[u8] = b"ffi_zts_guest_attach\0";

/// Bytes; `ptr` may be null when `len` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// First byte.
    pub ptr: *const c_char,
    /// Number of bytes, without a closing NUL.
    pub len: usize,
}

/// `FZ_REPORT_VALUE`: wire bytes of what the script returned.
pub const REPORT_VALUE: c_int = 1;
/// `FZ_REPORT_THROWABLE`: wire bytes of the uncaught throwable.
pub const REPORT_THROWABLE: c_int = 2;
/// `FZ_REPORT_FATAL`: wire bytes of a fatal error.
pub const REPORT_FATAL: c_int = 3;
/// `FZ_REPORT_REFUSED`: why the returned value cannot cross.
pub const REPORT_REFUSED: c_int = 4;

/// Functions of the host half; called on guest threads only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct HostTable {
    /// `size_of::<HostTable>()`.
    pub size: u32,
    /// [`BRIDGE_VERSION`].
    pub version: u32,
    /// Captured output of a job; blocks while its buffer is full; returns the bytes taken.
    pub output: unsafe extern "C" fn(job: *mut c_void, buf: *const c_char, len: usize) -> usize,
    /// Wakes the host's thread if it waits.
    pub flush: unsafe extern "C" fn(job: *mut c_void),
    /// A line for the SAPI log; `job` is null outside of a job.
    pub log: unsafe extern "C" fn(job: *mut c_void, level: c_int, msg: *const c_char, len: usize),
    /// One part of the outcome of the running job: [`REPORT_REFUSED`].
    pub report: unsafe extern "C" fn(job: *mut c_void, kind: c_int, buf: *const c_char, len: usize),
    /// The same for the other kinds. The message is taken over.
    pub report_message: unsafe extern "C" fn(job: *mut c_void, kind: c_int, message: *mut Message),
    /// What a task returned, a scalar.
    pub report_scalar: unsafe extern "C" fn(job: *mut c_void, value: *const Parcel),
    /// A restart of opcache's memory waits for requests to end: those that run no task are to end soon.
    pub restart_waits: unsafe extern "C" fn(),
    /// 0, and `text` receives the path to open in place of this extension; non-zero, and it receives the reason why it must
    /// not be opened. NUL-terminated.
    pub open_extension: unsafe extern "C" fn(path: *const c_char, text: *mut c_char, text_len: usize) -> c_int,
    /// A thread that the engine does not join is about to be created.
    pub thread_begins: unsafe extern "C" fn(),
    /// Its last act, or it was not created.
    pub thread_ended: unsafe extern "C" fn(),
    /// The engine as guest threads see it.
    pub engine: *const EngineTable,
}

// SAFETY: the tables are constant for the life of the process.
unsafe impl Send for HostTable {}
// SAFETY: as above.
unsafe impl Sync for HostTable {}

/// What the C code of both halves asks of the engine; see `bridge.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct EngineTable {
    /// `size_of::<EngineTable>()`.
    pub size: u32,
    /// An empty message.
    pub message_new: unsafe extern "C" fn() -> *mut Message,
    /// Ends a message and its references.
    pub message_free: unsafe extern "C" fn(message: *mut Message),
    /// Room for `more` bytes: 0, or -1 when there is no memory.
    pub message_grow: unsafe extern "C" fn(message: *mut Message, more: usize) -> c_int,
    /// Adds a reference to the thing: its number in the message.
    pub message_attach: unsafe extern "C" fn(message: *mut Message, kind: c_int, handle: *mut c_void) -> u32,
    /// A new reference to a thing of the message; null: there is no such thing of that kind.
    pub message_detach: unsafe extern "C" fn(message: *const Message, number: u32, kind: c_int) -> *mut c_void,
    /// One more count.
    pub retain: unsafe extern "C" fn(kind: c_int, handle: *mut c_void),
    /// One count less.
    pub release: unsafe extern "C" fn(kind: c_int, handle: *mut c_void),
    /// A copy of the bytes under a number of its own, with a name for errors.
    pub image_new: unsafe extern "C" fn(ptr: *const c_char, len: usize, name: Slice) -> *mut c_void,
    /// Where the bytes are.
    pub image_bytes: unsafe extern "C" fn(image: *mut c_void, len: *mut usize) -> *const c_char,
    /// Its number.
    pub image_number: unsafe extern "C" fn(image: *mut c_void) -> u64,
    /// Levels that values may have.
    pub max_nesting: extern "C" fn() -> u32,
    /// Takes the descriptor over.
    pub descriptor_new: unsafe extern "C" fn(fd: c_int) -> *mut c_void,
    /// Borrowed.
    pub descriptor_fd: unsafe extern "C" fn(descriptor: *mut c_void) -> c_int,
    /// Queues a task.
    pub task_submit: unsafe extern "C" fn(
        lane: *mut c_void,
        items: u32,
        code: *mut c_void,
        message: *mut Message,
        limit: f64,
        future: *mut *mut c_void,
        refusal: *mut Refusal,
    ) -> c_int,
    /// What jobs start in that the calling job starts from now on.
    pub surroundings_tell: unsafe extern "C" fn(around: *const Script),
    /// Queues a script in the surroundings of the calling job.
    pub script_submit: unsafe extern "C" fn(
        file: *const Slice,
        arguments: *const Slice,
        count: usize,
        future: *mut *mut c_void,
        refusal: *mut Refusal,
    ) -> c_int,
    /// Waits for the end.
    pub future_wait: unsafe extern "C" fn(future: *mut c_void, deadline: i64, refusal: *mut Refusal) -> c_int,
    /// Waits for any of them.
    pub futures_wait:
        unsafe extern "C" fn(futures: *const *mut c_void, count: usize, deadline: i64, refusal: *mut Refusal) -> c_int,
    /// Waits for any of the tasks of a map to end, or to be cut.
    pub items_wait: unsafe extern "C" fn(
        futures: *const *mut c_void,
        count: usize,
        which: *mut usize,
        kept: *mut u32,
        refusal: *mut Refusal,
    ) -> c_int,
    /// Whether the job has ended.
    pub future_done: unsafe extern "C" fn(future: *mut c_void, done: *mut c_int) -> c_int,
    /// Of a job that has ended.
    pub future_outcome: unsafe extern "C" fn(future: *mut c_void, outcome: *mut OutcomeView),
    /// Stops the job.
    pub future_cancel:
        unsafe extern "C" fn(future: *mut c_void, seconds: f64, stopped: *mut c_int, refusal: *mut Refusal) -> c_int,
    /// A descriptor of the caller's own.
    pub future_descriptor:
        unsafe extern "C" fn(future: *mut c_void, descriptor: *mut *mut c_void, refusal: *mut Refusal) -> c_int,
    /// What errors call the job.
    pub future_names: unsafe extern "C" fn(future: *mut c_void, names: *mut JobNames),
    /// A PHP object that has not asked for the outcome is gone, made at this place.
    pub future_dropped: unsafe extern "C" fn(future: *mut c_void, file: Slice, line: u32),
    /// Nobody is to be told of a failure.
    pub future_ignore: unsafe extern "C" fn(future: *mut c_void),
    /// Nobody wants what comes of it.
    pub future_abandon: unsafe extern "C" fn(future: *mut c_void),
    /// Workers of one's own.
    pub lane_open: unsafe extern "C" fn(
        kind: c_int,
        size: u64,
        bootstrap: *const c_char,
        max_tasks: u64,
        max_memory: u64,
        lane: *mut *mut c_void,
        refusal: *mut Refusal,
    ) -> c_int,
    /// No more tasks; waits for those that are there.
    pub lane_close: unsafe extern "C" fn(lane: *mut c_void, deadline: i64, refusal: *mut Refusal) -> c_int,
    /// No more tasks; stops those that are there.
    pub lane_kill: unsafe extern "C" fn(lane: *mut c_void, refusal: *mut Refusal) -> c_int,
    /// No more tasks; does not wait.
    pub lane_seal: unsafe extern "C" fn(lane: *mut c_void),
    /// Tasks that wait or run.
    pub lane_load: unsafe extern "C" fn(lane: *mut c_void) -> u64,
    /// What the last call of this thread panicked with that answered [`FAILED`], no handle, or the like: 1; 0: it did not panic.
    pub failure: unsafe extern "C" fn(refusal: *mut Refusal) -> c_int,
    /// True in the child of a fork that left the guest's threads behind.
    pub forked: &'static std::sync::atomic::AtomicBool,
    /// Waits until one of the sources is ready: `DONE`….
    pub select:
        unsafe extern "C" fn(sources: *const Source, count: usize, ready: *mut u8, wait: *mut WaitLimit) -> c_int,
    /// Channels.
    pub channel: ChannelTable,
    /// Shared memory.
    pub buffer: BufferTable,
    /// Futures that are waited for together.
    pub completions: CompletionsTable,
}

/// `FZ_DONE`
pub const DONE: c_int = 0;
/// `FZ_TIMED_OUT`
pub const TIMED_OUT: c_int = 1;
/// `FZ_REFUSED`
pub const REFUSED: c_int = 2;
/// `FZ_LEAVE`
pub const LEAVE: c_int = 3;
/// `FZ_BAILOUT`
pub const BAILOUT: c_int = 4;
/// `FZ_SHUT`
pub const SHUT: c_int = 5;
/// `FZ_FAILED`
pub const FAILED: c_int = 6;
/// `FZ_CUT`
pub const CUT: c_int = 7;

/// `FZ_CHANNEL_OPEN`
pub const CHANNEL_OPEN: c_int = 0;
/// `FZ_CHANNEL_CLOSED`
pub const CHANNEL_CLOSED: c_int = 1;
/// `FZ_CHANNEL_FORSAKEN`
pub const CHANNEL_FORSAKEN: c_int = 2;

/// `FZ_REF_FUTURE`
pub const REF_FUTURE: c_int = 4;
/// `FZ_REF_LANE`
pub const REF_LANE: c_int = 7;
/// `FZ_REF_COMPLETIONS`
pub const REF_COMPLETIONS: c_int = 8;

/// The exceptions of this extension; the numbers are their places in the C code's table (`zend/fz.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Exception {
    /// Misuse: `FfiZts\Error`, an `\Error`.
    Misuse = 0,
    /// `BootException`
    Boot = 1,
    /// `ScriptException`
    Script = 2,
    /// `TimeoutException`
    Timeout = 4,
    /// `ClosedException`
    Closed = 7,
    /// `PolicyException`
    Policy = 8,
}

impl From<&Error> for Exception {
    fn from(error: &Error) -> Self {
        match error {
            Error::Boot { .. } | Error::Thread { .. } | Error::System { .. } => Self::Boot,
            Error::Policy(_) | Error::Ceiling(_) => Self::Policy,
            Error::Closed | Error::Deserted | Error::LaneClosed | Error::TooManyLost { .. } => Self::Closed,
            _ => Self::Misuse,
        }
    }
}

/// Why something was refused.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Refusal {
    /// Number of the exception in the C code's table.
    pub exception: i32,
    /// NUL-terminated.
    pub text: [c_char; 508],
}

/// `FZ_RETURNED`: with a value; of a script also a status.
pub const RETURNED: i32 = 0;
/// `FZ_EXITED`: a task called `exit()`.
pub const EXITED: i32 = 1;
/// `FZ_THREW`
pub const THREW: i32 = 2;
/// `FZ_FATAL`
pub const FATAL: i32 = 3;
/// `FZ_UNSENDABLE`: what it returned cannot cross.
pub const UNSENDABLE: i32 = 4;
/// `FZ_NOT_STARTED`
pub const NOT_STARTED: i32 = 5;
/// `FZ_STOPPED`: cancelled.
pub const STOPPED: i32 = 6;
/// `FZ_OVERDUE`: stopped by its time limit.
pub const OVERDUE: i32 = 7;
/// `FZ_LOST`: cancelled, and did not stop.
pub const LOST: i32 = 8;
/// `FZ_OVERDUE_LOST`: the same by its time limit.
pub const OVERDUE_LOST: i32 = 9;

/// How a job ended, for C.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct OutcomeView {
    /// One of `FZ_RETURNED`….
    pub kind: i32,
    /// Exit status.
    pub status: i32,
    /// It was a script.
    pub script: i32,
    /// `FZ_THREW` or `FZ_FATAL`, if a stopped job came to that; else 0.
    pub came: i32,
    /// Borrowed from the job.
    pub message: *const Message,
    /// What it returned, where there is no message.
    pub value: Parcel,
    /// Borrowed from the job.
    pub text: Slice,
    /// On the worker, or the limit.
    pub seconds: f64,
}

/// `fz_job_names`: what errors call a job.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct JobNames {
    /// Number and what it is; NUL-terminated.
    pub task: [c_char; 1024],
    /// NUL-terminated; empty: none has started it.
    pub worker: [c_char; 128],
}

/// `FZ_LANE_THREAD`
pub const LANE_THREAD: c_int = 1;
/// `FZ_LANE_POOL`
pub const LANE_POOL: c_int = 2;

/// `fz_wait`: how long a call may wait.
#[repr(C)]
#[derive(Debug)]
pub struct WaitLimit {
    /// Seconds; infinity: no limit. After [`LEAVE`] what is left of it.
    pub timeout: f64,
    /// The thread's `EG(vm_interrupt)`, or null.
    pub interrupt: *const std::sync::atomic::AtomicBool,
}

/// `FZ_PARCEL_NULL`
pub const PARCEL_NULL: i64 = 0;
/// `FZ_PARCEL_FALSE`
pub const PARCEL_FALSE: i64 = 1;
/// `FZ_PARCEL_TRUE`
pub const PARCEL_TRUE: i64 = 2;
/// `FZ_PARCEL_INT`
pub const PARCEL_INT: i64 = 3;
/// `FZ_PARCEL_FLOAT`
pub const PARCEL_FLOAT: i64 = 4;
/// `FZ_PARCEL_MESSAGE`; all other kinds carry their value in the parcel itself.
pub const PARCEL_MESSAGE: i64 = 5;

/// `fz_parcel`: a value that is sent.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Parcel {
    /// `FZ_PARCEL_*`.
    pub kind: i64,
    /// The value's bits, or the address of its message.
    pub bits: u64,
}

impl Parcel {
    /// `FZ_PARCEL_NULL`.
    pub const NOTHING: Self = Self {
        kind: PARCEL_NULL,
        bits: 0,
    };
}

/// `fz_source`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// One of `FZ_REF_*`.
    pub kind: c_int,
    /// Of that kind. Null: a future whose outcome has been taken, which is ready.
    pub handle: *mut c_void,
}

/// Completion queues; see `bridge.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct CompletionsTable {
    pub create: unsafe extern "C" fn(queue: *mut *mut c_void, refusal: *mut Refusal) -> c_int,
    pub add: unsafe extern "C" fn(queue: *mut c_void, future: *mut c_void, key: u64, refusal: *mut Refusal) -> c_int,
    pub remove: unsafe extern "C" fn(queue: *mut c_void, future: *mut c_void, key: u64, refusal: *mut Refusal) -> c_int,
    pub take: unsafe extern "C" fn(
        queue: *mut c_void,
        keys: *mut u64,
        room: usize,
        count: *mut usize,
        refusal: *mut Refusal,
    ) -> c_int,
    pub descriptor:
        unsafe extern "C" fn(queue: *mut c_void, descriptor: *mut *mut c_void, refusal: *mut Refusal) -> c_int,
}

/// Channels; see `bridge.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct ChannelTable {
    pub create: unsafe extern "C" fn(capacity: i64) -> *mut c_void,
    pub make: unsafe extern "C" fn(name: *const c_char, len: usize, capacity: i64) -> *mut c_void,
    pub open: unsafe extern "C" fn(name: *const c_char, len: usize) -> *mut c_void,
    pub send: unsafe extern "C" fn(channel: *mut c_void, parcel: *mut Parcel, wait: *mut WaitLimit) -> c_int,
    pub receive: unsafe extern "C" fn(channel: *mut c_void, parcel: *mut Parcel, wait: *mut WaitLimit) -> c_int,
    pub put_back: unsafe extern "C" fn(channel: *mut c_void, parcel: *const Parcel),
    pub close: unsafe extern "C" fn(channel: *mut c_void),
    pub is_closed: unsafe extern "C" fn(channel: *mut c_void) -> c_int,
    pub count: unsafe extern "C" fn(channel: *mut c_void) -> usize,
    pub capacity: unsafe extern "C" fn(channel: *mut c_void) -> i64,
    pub name: unsafe extern "C" fn(channel: *mut c_void, len: *mut usize) -> *const c_char,
    pub descriptor: unsafe extern "C" fn(channel: *mut c_void, to_send: c_int) -> c_int,
}

/// Shared memory; see `bridge.h`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct BufferTable {
    pub create: unsafe extern "C" fn(bytes: usize) -> *mut c_void,
    pub slice: unsafe extern "C" fn(buffer: *mut c_void, offset: usize, len: usize) -> *mut c_void,
    pub window: unsafe extern "C" fn(buffer: *mut c_void, len: *mut usize) -> *mut c_char,
    pub wait: unsafe extern "C" fn(
        buffer: *mut c_void,
        offset: usize,
        expected: u64,
        bits: c_int,
        wait: *mut WaitLimit,
    ) -> c_int,
    pub notify: unsafe extern "C" fn(buffer: *mut c_void, offset: usize, count: usize) -> usize,
}

/// `fz_time_zone`.
#[repr(C)]
#[derive(Debug)]
pub struct TimeZone {
    /// NUL-terminated.
    pub name: *const c_char,
    /// In the data.
    pub position: u32,
}

/// `fz_time_zones`: they live as long as the process.
#[repr(C)]
#[derive(Debug)]
pub struct TimeZones {
    /// Number of zones.
    pub count: usize,
    /// By name, without regard to case.
    pub zones: *const TimeZone,
    /// As `parse_tz.c` of php-src reads it.
    pub data: *const u8,
    /// NUL-terminated.
    pub version: *const c_char,
}

/// How the guest is to be started; strings are NUL-terminated.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Boot {
    /// `size_of::<Boot>()`.
    pub size: u32,
    /// SAPI name; valid for the life of the process.
    pub sapi_name: *const c_char,
    /// A php.ini, or null.
    pub ini_path: *const c_char,
    /// `name\0value\0…`: defaults of settings, which `ini_path` and `ini_entries` beat.
    pub ini_defaults: Slice,
    /// php.ini syntax; beats `ini_path`.
    pub ini_entries: *const c_char,
    /// `PHP_BINARY`, or null.
    pub executable: *const c_char,
    /// Default of that setting, or null.
    pub extension_dir: *const c_char,
    /// libphp has `ZEND_SIGNALS`, by its file; the guest half asks the opened library itself (`foreign.c`).
    pub restore_signals: u8,
    /// Without `ini_path`: search php.ini as the CLI does.
    pub ini_search: u8,
    /// opcache or its JIT asked for but not active is a failure to start.
    pub demand_opcache: u8,
    /// Zero.
    pub reserved: [u8; 5],
    /// Signals that the host's thread blocks, bit n-1 for signal n: children of jobs start so.
    pub host_mask: u64,
    /// Descriptors that the process was started with, bit n for descriptor n: children of jobs have them too.
    pub inherited: u64,
    /// In place of libphp's own, or null.
    pub time_zones: *const TimeZones,
    /// `A=1\0B=2\0`, for the life of the process: the environment of native code; without a pointer the process's own.
    pub environment: Slice,
    /// `pthread_t` of the host's thread, which has the process's own.
    pub host_thread: u64,
}

/// Why something failed: NUL-terminated text, truncated where it does not fit.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ErrorText {
    /// The text.
    pub text: [c_char; 1024],
}

/// What became of opcache.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Opcache {
    /// `size_of::<Opcache>()`.
    pub size: u32,
    /// It is part of the guest.
    pub loaded: u8,
    /// It caches, in memory or in files.
    pub enabled: u8,
    /// Its JIT compiles.
    pub jit: u8,
    /// A restart waits for the running requests.
    pub restart_pending: u8,
    /// Restarts of its memory so far.
    pub restarts: u64,
    /// On, or why not: NUL-terminated.
    pub opcache: [c_char; 320],
    /// The same for the JIT.
    pub jit_words: [c_char; 320],
}

/// A worker thread; owned by the host half, as long-lived as the OS thread.
#[repr(C)]
#[derive(Debug)]
pub struct Worker {
    /// `size_of::<Worker>()`.
    pub size: u32,
    /// 0 go on, else a [`Stop`](crate::core::stop::Stop).
    pub stop: std::sync::atomic::AtomicI32,
    /// This thread's `EG(vm_interrupt)`; the guest's own.
    pub vm_interrupt: std::sync::atomic::AtomicPtr<c_void>,
    /// 1 while a job runs.
    pub running: std::sync::atomic::AtomicI32,
    /// The thread has a cwd and umask of its own.
    pub own_fs: std::sync::atomic::AtomicI32,
}

/// `FZ_SCRIPT_FILE`.
pub const SCRIPT_FILE: i32 = 0;
/// `FZ_SCRIPT_CODE`.
pub const SCRIPT_CODE: i32 = 1;
/// `FZ_SCRIPT_STDIN`.
pub const SCRIPT_STDIN: i32 = 2;
/// `FZ_SCRIPT_LINT`.
pub const SCRIPT_LINT: i32 = 3;
/// `FZ_SCRIPT_TASKS`.
pub const SCRIPT_TASKS: i32 = 4;

/// `FZ_MASK_SET`: a [`Script`]'s mask is one.
pub const MASK_SET: i32 = 0o1000;

/// One script job; strings are NUL-terminated and valid until `run_script` returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// `size_of::<Script>()`.
    pub size: u32,
    /// One of `SCRIPT_*`.
    pub mode: i32,
    /// Handed back to the functions of the host table.
    pub job: *mut c_void,
    /// Path or code.
    pub script: Slice,
    /// `argv[0]` is the script.
    pub argv: *const *const c_char,
    /// Number of arguments.
    pub argc: i32,
    /// 1: throwables and fatal errors are displayed as php-cli does, not reported.
    pub as_cli: i32,
    /// 1: output goes to descriptor 1.
    pub direct_output: i32,
    /// The umask, with [`MASK_SET`]; 0: the worker's.
    pub mask: i32,
    /// 1: a job's own, for those that it starts: `settings` beat the guest's configuration.
    pub inner: i32,
    /// Zero.
    pub reserved: i32,
    /// The directory the job starts in.
    pub cwd: Slice,
    /// `A=1\0B=2\0`: the environment that the job sees.
    pub environment: Slice,
    /// Files to run first, in order.
    pub prepend: *const *const c_char,
    /// Number of files in `prepend`.
    pub prepend_len: usize,
    /// [`SCRIPT_TASKS`]: files to run after those, in order.
    pub autoload: *const *const c_char,
    /// Number of files in `autoload`.
    pub autoload_len: usize,
    /// Key, value, key, value…: ini settings of this request at system level.
    pub ini: *const *const c_char,
    /// Number of strings in `ini`.
    pub ini_len: usize,
    /// Key, value, key, value…: settings that the host has changed; a value may be null: what the guest was booted with.
    pub settings: *const *const c_char,
    /// Number of strings in `settings`.
    pub settings_len: usize,
    /// The time zone that the host's script has set; NUL-terminated, empty: none.
    pub zone: *const c_char,
    /// Key, value, key, value…: settings of the request's options, which scripts may change as those of a php.ini.
    pub own: *const *const c_char,
    /// Number of strings in `own`.
    pub own_len: usize,
}

/// One task: a call in the request that the worker keeps for tasks of the same surroundings.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// `size_of::<Task>()`.
    pub size: u32,
    /// Zero.
    pub reserved: u32,
    /// Handed back to the functions of the host table.
    pub job: *mut c_void,
    /// Null: the arguments are those of one call; else each is that of a call of its own.
    pub items: *const Items,
    /// [`SCRIPT_TASKS`]; valid until the worker's request has ended.
    pub surroundings: *const Script,
    /// A file that the request runs first, or null; as valid.
    pub bootstrap: *const c_char,
    /// Number of the surroundings: where it differs from the request's, that ends and another begins.
    pub number: u64,
    /// Where it differs from the request's, that takes over what a request can: directory, environment, settings, time zone.
    pub revision: u64,
    /// The image of the closure to call, a handle that is lent for the call; or null: the message says what to call.
    pub code: *mut c_void,
    /// What to call with what, or with `code` the arguments; null: there are none. Consumed.
    pub message: *mut Message,
    /// The request ends after the task when it holds more bytes than this; 0: never.
    pub max_memory: u64,
    /// The request ends after so many calls; 0: never.
    pub allowance: u64,
}

/// Declares [`Sizes`] and what this side has.
macro_rules! sizes {
    ($($name:ident: $struct:ty,)*) => {
        /// `fz_sizes`: the size of every struct of this file.
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)]
        pub struct Sizes {
            $(pub $name: u32,)*
        }

        impl Sizes {
            /// Those of this side.
            #[allow(clippy::cast_possible_truncation)] // a few kilobytes at most
            pub const HERE: Self = Self { $($name: size_of::<$struct>() as u32,)* };

            /// The first struct that has another size there: its name, and both sizes, ours first.
            #[must_use]
            pub fn difference(&self, there: &Self) -> Option<(&'static str, u32, u32)> {
                $(if self.$name != there.$name {
                    return Some((concat!("fz_", stringify!($name)), self.$name, there.$name));
                })*
                None
            }
        }
    };
}

sizes! {
    slice: Slice,
    message: [usize; 3], // what C sees of a message
    parcel: Parcel,
    refusal: Refusal,
    outcome: OutcomeView,
    job_names: JobNames,
    wait: WaitLimit,
    channel_table: ChannelTable,
    buffer_table: BufferTable,
    completions_table: CompletionsTable,
    source: Source,
    engine_table: EngineTable,
    host_table: HostTable,
    boot: Boot,
    error: ErrorText,
    opcache: Opcache,
    worker: Worker,
    script: Script,
    task: Task,
    time_zone: TimeZone,
    time_zones: TimeZones,
    guest_table: GuestTable,
}

/// Functions of the guest half.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct GuestTable {
    /// `size_of::<GuestTable>()`.
    pub size: u32,
    /// [`BRIDGE_VERSION`].
    pub version: u32,
    /// `PHP_VERSION_ID` that the guest half was compiled against.
    pub php_version_id: u32,
    /// `ZEND_MODULE_API_NO` that the guest half was compiled against.
    pub zend_module_api: u32,
    /// 1 when compiled against ZTS headers.
    pub zts: u8,
    /// 1 when compiled against a debug build.
    pub debug: u8,
    /// 1 when compiled with `ZEND_SIGNALS`.
    pub zend_signals: u8,
    /// 1 when compiled with `ZEND_MAX_EXECUTION_TIMERS`.
    pub max_execution_timers: u8,
    /// What the structs have there.
    pub sizes: Sizes,
    /// Boot thread only: TSRM, SAPI and module startup. 0, or -1 with `error` filled.
    pub boot: unsafe extern "C" fn(boot: *const Boot, error: *mut ErrorText) -> c_int,
    /// Boot thread only, after every worker has stopped.
    pub shutdown: unsafe extern "C" fn(),
    /// A new thread, first of all. 0, or -1 with `error` filled.
    pub thread_start: unsafe extern "C" fn(worker: *mut Worker, error: *mut ErrorText) -> c_int,
    /// The same thread, last of all.
    pub thread_stop: unsafe extern "C" fn(worker: *mut Worker),
    /// A started worker thread without a request: the context becomes what a new one would be, for another lane. 0: it
    /// cannot, and the thread has to stop.
    pub thread_renew: unsafe extern "C" fn(worker: *mut Worker) -> c_int,
    /// A started worker thread: one whole request. The exit status; with `error` filled the request could not start.
    pub run_script: unsafe extern "C" fn(worker: *mut Worker, script: *const Script, error: *mut ErrorText) -> c_int,
    /// A started worker thread: one task. The exit status; with `error` filled its request could not start.
    pub run_task: unsafe extern "C" fn(worker: *mut Worker, task: *const Task, error: *mut ErrorText) -> c_int,
    /// A started worker thread: ends the request for tasks, if there is one.
    pub end_request: unsafe extern "C" fn(worker: *mut Worker),
    /// Any thread: the worker looks at `stop` at its next VM interrupt.
    pub interrupt: unsafe extern "C" fn(worker: *mut Worker),
    /// Any thread, after boot.
    pub opcache: unsafe extern "C" fn(state: *mut Opcache),
}

/// Type of the guest half's exported symbol.
pub type Attach = unsafe extern "C" fn(host: *const HostTable, error: *mut ErrorText) -> *const GuestTable;

#[cfg(test)]
mod tests {
    #[test]
    fn the_header_has_the_options_limit() {
        let limit = format!("enum {{ FZ_WORKERS_MOST = {} }};", crate::core::options::THREADS_MOST);
        assert!(include_str!("bridge.h").contains(&limit), "{limit}");
    }

    /// One that is not in the list would not be compared.
    #[test]
    fn every_struct_of_the_header_is_compared() {
        let header = include_str!("bridge.h");
        let structs: Vec<_> = header
            .lines()
            .filter_map(|line| line.strip_prefix("} fz_")?.strip_suffix(';'))
            .filter(|name| *name != "sizes")
            .collect();
        assert!(structs.len() > 20, "{structs:?}");
        for name in structs {
            assert!(
                header.contains(&format!("\t.{name} = sizeof(fz_{name}),")),
                "fz_{name} is not in FZ_SIZES"
            );
        }
    }
}
