//! What a job hands to the host: its value, its uncaught throwable, its fatal error, each as one wire message.
//!
//! # Safety
//! Called by the shim on the worker that runs the job, with values of that worker's engine. Nothing here runs PHP code,
//! so no bailout can pass these frames; a panic is caught and becomes a report of its own.

use std::ffi::{c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use ext_php_rs::types::{ZendObject, Zval};

use super::HOST;
use crate::bridge::abi::{REPORT_FATAL, REPORT_REFUSED, REPORT_THROWABLE, REPORT_VALUE};
use crate::bridge::wire::Writer;
use crate::zval::encode::encode;

/// Chains of previous throwables longer than this are cut: they are data for a message, not for logic.
const MAX_PREVIOUS: usize = 32;

unsafe extern "C" {
    /// A property of the base class of a throwable; borrowed; never runs PHP code.
    fn fz_throwable_property(object: *const ZendObject, name: *const c_char, len: usize) -> *const Zval;
}

fn send(job: *mut c_void, kind: c_int, bytes: &[u8]) {
    // SAFETY: HOST is set before any job runs, and stays; the message is of the host half's making, with room for the bytes.
    unsafe {
        if kind == REPORT_REFUSED {
            return ((*HOST).report)(job, kind, bytes.as_ptr().cast(), bytes.len());
        }
        let engine = &*(*HOST).engine;
        let message = (engine.message_new)();
        if (engine.message_grow)(message, bytes.len()) == 0 {
            (*message).write(bytes);
        }
        ((*HOST).report_message)(job, kind, message);
    }
}

/// Runs `body`; a panic becomes a refused value that says so.
fn guarded(job: *mut c_void, body: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(body)).is_err() {
        send(
            job,
            REPORT_REFUSED,
            b"internal error: a panic while the result was encoded (please report it)",
        );
    }
}

/// Hands over what the script returned.
///
/// # Safety
/// See the top of this file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fz_report_value(job: *mut c_void, value: *const Zval) {
    guarded(job, || {
        // SAFETY: the shim passes an initialised zval of this thread's engine.
        let value = unsafe { &*value };
        let mut writer = Writer::new();
        match encode(&mut writer, "value", value) {
            Ok(()) => send(job, REPORT_VALUE, writer.as_bytes()),
            Err(error) => send(job, REPORT_REFUSED, error.to_string().as_bytes()),
        }
    });
}

/// Hands over an uncaught throwable: class, parents, message, code, file, line, trace, previous.
///
/// # Safety
/// See the top of this file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fz_report_throwable(job: *mut c_void, throwable: *const ZendObject) {
    guarded(job, || {
        let mut writer = Writer::new();
        // SAFETY: the shim holds a reference to the throwable for the length of this call.
        write_throwable(&mut writer, unsafe { &*throwable }, 0);
        send(job, REPORT_THROWABLE, writer.as_bytes());
    });
}

/// Hands over a fatal error.
///
/// # Safety
/// See the top of this file; the two texts are valid for the length of this call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fz_report_fatal(
    job: *mut c_void,
    kind: c_int,
    message: *const c_char,
    message_len: usize,
    file: *const c_char,
    file_len: usize,
    line: u32,
) {
    guarded(job, || {
        // SAFETY: both are zend_strings (or literals) that the error handler of the shim borrows for this call.
        let (message, file) = unsafe {
            (
                slice::from_raw_parts(message.cast(), message_len),
                slice::from_raw_parts(file.cast(), file_len),
            )
        };
        let mut writer = Writer::new();
        writer.array(4);
        writer.string(b"type");
        writer.int(i64::from(kind));
        writer.string(b"message");
        writer.string(message);
        writer.string(b"file");
        writer.string(file);
        writer.string(b"line");
        writer.int(i64::from(line));
        send(job, REPORT_FATAL, writer.as_bytes());
    });
}

fn property<'a>(object: &'a ZendObject, name: &str) -> Option<&'a Zval> {
    // SAFETY: the object is a throwable of this thread's engine; the property lives as long as it does.
    unsafe { fz_throwable_property(object, name.as_ptr().cast(), name.len()).as_ref() }.map(Zval::dereference)
}

fn write_throwable(writer: &mut Writer, throwable: &ZendObject, depth: usize) {
    let class = throwable.get_class_entry();
    let mut parents = Vec::new();
    let mut parent = class.parent();
    while let Some(class) = parent {
        parents.push(class.name().unwrap_or_default().to_owned());
        parent = class.parent();
    }

    writer.array(8);
    writer.string(b"class");
    writer.string(class.name().unwrap_or_default().as_bytes());
    writer.string(b"parents");
    writer.array(parents.len());
    for (index, name) in parents.iter().enumerate() {
        writer.int(i64::try_from(index).unwrap_or_default());
        writer.string(name.as_bytes());
    }
    for name in ["message", "code", "file", "line"] {
        writer.string(name.as_bytes());
        write_plain(writer, property(throwable, name));
    }
    writer.string(b"trace");
    write_trace(writer, property(throwable, "trace"));
    writer.string(b"previous");
    match property(throwable, "previous").and_then(Zval::object) {
        Some(previous) if depth < MAX_PREVIOUS => write_throwable(writer, previous, depth + 1),
        _ => writer.null(),
    }
}

/// Properties of a throwable that user code may have filled with anything: what cannot cross becomes its type's name.
fn write_plain(writer: &mut Writer, value: Option<&Zval>) {
    let Some(value) = value else {
        return writer.null();
    };
    let mut own = Writer::new();
    match encode(&mut own, "", value) {
        Ok(()) => writer.append(&own),
        Err(error) => writer.string(error.to_string().as_bytes()),
    }
}

/// The frames without their arguments, which are bound to the guest.
fn write_trace(writer: &mut Writer, trace: Option<&Zval>) {
    const KEYS: [&str; 5] = ["file", "line", "class", "type", "function"];
    let Some(frames) = trace.and_then(Zval::array) else {
        return writer.array(0);
    };
    writer.array(frames.len());
    for (index, frame) in frames.values().enumerate() {
        writer.int(i64::try_from(index).unwrap_or_default());
        let Some(frame) = frame.array() else {
            writer.array(0);
            continue;
        };
        let present: Vec<_> = KEYS
            .iter()
            .filter_map(|key| frame.get(*key).map(|value| (*key, value)))
            .collect();
        writer.array(present.len());
        for (key, value) in present {
            writer.string(key.as_bytes());
            write_plain(writer, Some(value));
        }
    }
}
