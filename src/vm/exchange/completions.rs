//! Completion queues in the engine table.
//!
//! # Safety
//! That of [`super`]: a queue's handle is an `Arc<Completions>`, a future's an `Arc<Job>`; out-pointers are writable.

use std::ffi::{c_int, c_void};
use std::sync::Arc;

use super::super::completions::Completions;
use super::super::job::Job;
use super::super::sys::fork;
use super::gate::{refuse, refusing};
use super::place::{Place, engine};
use super::{into_handle, of_handle};
use crate::bridge::abi::{self, CompletionsTable, Refusal};
use crate::core::Error;

pub(super) fn table<P: Place>() -> CompletionsTable {
    CompletionsTable {
        create,
        add: add::<P>,
        remove,
        take: take::<P>,
        descriptor,
    }
}

/// A queue needs no VM: it may be made before the first boot, and asked after the shutdown.
fn usable() -> Result<(), Error> {
    if fork::in_child() { Err(Error::Forked) } else { Ok(()) }
}

/// What a call came to, for C.
fn answer(refusal: *mut Refusal, done: Result<(), Error>) -> c_int {
    match done {
        Ok(()) => abi::DONE,
        // SAFETY: the out-pointer is writable.
        Err(error) => unsafe { refuse(refusal, &error) },
    }
}

unsafe extern "C" fn create(queue: *mut *mut c_void, refusal: *mut Refusal) -> c_int {
    let act = || {
        let made = usable().and_then(|()| Completions::new());
        // SAFETY: the out-pointer is writable.
        answer(
            refusal,
            made.map(|made| unsafe { *queue = into_handle(Arc::new(made)) }),
        )
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("completions.create", refusal, act) }
}

unsafe extern "C" fn add<P: Place>(queue: *mut c_void, future: *mut c_void, key: u64, refusal: *mut Refusal) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let queue = unsafe { of_handle::<Completions>(queue) };
        let added = usable().map(|()| {
            if let (true, Ok(engine)) = (P::HOST, engine()) {
                queue.watched_by(&engine.hub.watched);
            }
            if future.is_null() {
                queue.ended(key);
            } else {
                // SAFETY: the file's rule.
                unsafe { of_handle::<Job>(future) }.tell_end(&queue, key);
            }
        });
        answer(refusal, added)
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("completions.add", refusal, act) }
}

unsafe extern "C" fn remove(queue: *mut c_void, future: *mut c_void, key: u64, refusal: *mut Refusal) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let (queue, job) = unsafe { (of_handle::<Completions>(queue), of_handle::<Job>(future)) };
        answer(refusal, usable().map(|()| _ = job.tell_no_end(&queue, key)))
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("completions.remove", refusal, act) }
}

unsafe extern "C" fn take<P: Place>(
    queue: *mut c_void,
    keys: *mut u64,
    room: usize,
    count: *mut usize,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: the file's rule. Held, since delivering may run code that lets the handle go.
        let queue = unsafe { of_handle::<Completions>(queue) };
        if let Err(error) = usable() {
            return answer(refusal, Err(error));
        }
        // SAFETY: the out-pointer is writable.
        unsafe { *count = 0 };
        // A job that ends during the delivery may have written after it: its end is told with the next one.
        let told = queue.waiting().min(room);
        let (_, flow) = P::side(|side| {
            if let (Some(side), Ok(engine)) = (side, engine()) {
                let _ = engine.hub.deliver(side);
            }
        });
        // Nothing is taken that would be lost: what the delivery ran may have thrown.
        if flow == abi::DONE && !fork::in_child() {
            // SAFETY: the caller passes room for so many keys; the out-pointer is writable.
            unsafe { *count = queue.take(std::slice::from_raw_parts_mut(keys, told)) };
        }
        flow
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("completions.take", refusal, act) }
}

unsafe extern "C" fn descriptor(queue: *mut c_void, descriptor: *mut *mut c_void, refusal: *mut Refusal) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let queue = unsafe { of_handle::<Completions>(queue) };
        let lent = usable().and_then(|()| queue.descriptor());
        // SAFETY: the out-pointer is writable.
        answer(refusal, lent.map(|lent| unsafe { *descriptor = into_handle(lent) }))
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("completions.descriptor", refusal, act) }
}
