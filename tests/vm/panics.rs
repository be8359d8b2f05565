//! A panic in a call of C's: the answer says that the call failed, with what the panic said, and never that it is to be made again.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use ffi_zts::bridge::abi::{self, EngineTable, Parcel, Refusal, Source, WaitLimit};
use ffi_zts::bridge::message::into_handle;
use ffi_zts::core::{Error, JobState};
use ffi_zts::vm::{HostCall, HostSide, Surroundings, host_table};

use crate::support::{boot, isolated, submit, until};

/// A host whose code has a mistake.
#[derive(Debug)]
struct Broken;

impl HostCall for Broken {
    fn with_side(&self, _: &mut dyn FnMut(&mut dyn HostSide)) -> c_int {
        panic!("broken side");
    }

    fn surroundings(&self) -> Result<Arc<Surroundings>, Error> {
        panic!("broken surroundings");
    }
}

fn blank() -> Refusal {
    Refusal {
        exception: -1,
        text: [0; 508],
    }
}

fn text(refusal: &Refusal) -> String {
    // SAFETY: the engine ends texts with a NUL byte; a blank one is all of them.
    let text = unsafe { CStr::from_ptr(ptr::from_ref(&refusal.text).cast::<c_char>()) };
    text.to_string_lossy().into_owned()
}

/// The call answers that it was refused, with a text that names it and the panic.
fn refused(name: &str, why: &str, call: impl FnOnce(*mut Refusal) -> c_int) {
    let mut refusal = blank();
    assert_eq!(call(&raw mut refusal), abi::REFUSED, "{name}");
    assert_eq!(
        (refusal.exception, text(&refusal)),
        (0, format!("internal error in `{name}`: {why} (please report it)"))
    );
}

/// The call answers that it failed, and why is told once.
fn failed(table: &EngineTable, name: &str, call: impl FnOnce() -> c_int) {
    let mut refusal = blank();
    assert_eq!(call(), abi::FAILED, "{name}");
    // SAFETY: a writable refusal.
    assert_eq!(unsafe { (table.failure)(&raw mut refusal) }, 1, "{name}");
    assert_eq!(
        (refusal.exception, text(&refusal)),
        (0, format!("internal error in `{name}`: broken side (please report it)"))
    );
    // SAFETY: a writable refusal.
    assert_eq!(unsafe { (table.failure)(&raw mut refusal) }, 0, "{name}");
}

fn limit() -> WaitLimit {
    WaitLimit {
        timeout: f64::INFINITY,
        interrupt: ptr::null(),
    }
}

#[test]
fn calls_with_a_refusal_are_refused() {
    isolated(|| {
        let (vm, table) = (boot(), host_table(&Broken));
        let job = submit(&vm, "spin");
        until("the job runs", || job.state() == JobState::Running);
        let future = into_handle(Arc::clone(&job));
        let (mut lane, mut out, mut flag, mut opened) = (ptr::null_mut(), ptr::null_mut::<c_void>(), 0, blank());
        let (out, flag) = (&raw mut out, &raw mut flag);
        // SAFETY: live handles of their kinds, writable out-pointers, no message.
        unsafe {
            assert_eq!(
                (table.lane_open)(1, 1, ptr::null(), 0, 0, &raw mut lane, &raw mut opened),
                abi::DONE
            );
            refused("task_submit", "broken surroundings", |refusal| {
                (table.task_submit)(ptr::null_mut(), 0, ptr::null_mut(), ptr::null_mut(), 0.0, out, refusal)
            });
            refused("script_submit", "broken surroundings", |refusal| {
                let file = abi::Slice {
                    ptr: c"x".as_ptr(),
                    len: 1,
                };
                (table.script_submit)(&raw const file, ptr::null(), 0, out, refusal)
            });
            refused("future_wait", "broken side", |refusal| {
                (table.future_wait)(future, -1, refusal)
            });
            refused("futures_wait", "broken side", |refusal| {
                (table.futures_wait)(&raw const future, 1, -1, refusal)
            });
            refused("future_cancel", "broken side", |refusal| {
                (table.future_cancel)(future, 1.0, flag, refusal)
            });
            refused("lane_close", "broken side", |refusal| {
                (table.lane_close)(lane, -1, refusal)
            });
            refused("lane_kill", "broken side", |refusal| (table.lane_kill)(lane, refusal));
        }
        assert!(!job.is_done(), "a call that failed has stopped the job");
    });
}

#[test]
fn calls_without_one_fail_and_tell_why() {
    isolated(|| {
        let (vm, table) = (boot(), host_table(&Broken));
        let job = submit(&vm, "spin");
        until("the job runs", || job.state() == JobState::Running);
        let future = into_handle(Arc::clone(&job));
        let (mut parcel, mut wait, mut done, mut ready) = (Parcel::NOTHING, limit(), 0, [7_u8]);
        // SAFETY: live handles of their kinds, writable out-pointers.
        unsafe {
            let (channel, buffer) = ((table.channel.create)(0), (table.buffer.create)(8));
            failed(table, "future_done", || (table.future_done)(future, &raw mut done));
            failed(table, "channel.send", || {
                (table.channel.send)(channel, &raw mut parcel, &raw mut wait)
            });
            failed(table, "channel.receive", || {
                (table.channel.receive)(channel, &raw mut parcel, &raw mut wait)
            });
            failed(table, "buffer.wait", || {
                (table.buffer.wait)(buffer, 0, 0, 64, &raw mut wait)
            });
            let source = Source {
                kind: abi::REF_FUTURE,
                handle: future,
            };
            failed(table, "select", || {
                (table.select)(&raw const source, 1, ready.as_mut_ptr(), &raw mut wait)
            });
        }
    });
}
