//! Shared memory in the engine table.
//!
//! # Safety
//! A `buffer` is a live handle of kind `REF_BUFFER`. C reads and writes the memory, from several threads at once, and checks
//! bounds and alignment; here it is touched by one atomic load only.

use std::ffi::{c_char, c_int, c_void};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use super::gate::{fail_with, failing, logging};
use super::limit::{Ended, nobody_ends, waiting};
use super::place::Place;
use crate::bridge::abi::{self, BufferTable, WaitLimit};
use crate::bridge::message::{into_handle, of_handle};
use crate::core::Error;
use crate::core::ceiling::{SHARED_MEMORY, Share};
use crate::core::parking::Parking;
use crate::vm::sys::memory::Memory;

/// A part of a memory, or all of it; the memory lives as long as any part.
#[derive(Debug)]
pub(super) struct Buffer {
    memory: Arc<(Memory, Share)>,
    offset: usize,
    len: usize,
}

/// Who sleeps on which cell, by its address.
static SLEEPERS: LazyLock<Parking> = LazyLock::new(Parking::default);

pub(super) fn table<P: Place>() -> BufferTable {
    BufferTable {
        create,
        slice,
        window,
        wait: wait::<P>,
        notify,
    }
}

impl Buffer {
    fn at(&self, offset: usize) -> *mut u8 {
        // `wrapping_add` asks for nothing; C has checked the bounds.
        self.memory.0.as_ptr().wrapping_add(self.offset + offset)
    }
}

unsafe extern "C" fn create(bytes: usize) -> *mut c_void {
    failing("buffer.create", std::ptr::null_mut(), || {
        let share = match SHARED_MEMORY.take(bytes as u64) {
            Ok(share) => share,
            Err(error) => {
                fail_with(&error);
                return std::ptr::null_mut();
            }
        };
        let buffer = |memory| Buffer {
            memory: Arc::new((memory, share)),
            offset: 0,
            len: bytes,
        };
        Memory::new(bytes).map_or(std::ptr::null_mut(), |memory| into_handle(Arc::new(buffer(memory))))
    })
}

unsafe extern "C" fn slice(buffer: *mut c_void, offset: usize, len: usize) -> *mut c_void {
    failing("buffer.slice", std::ptr::null_mut(), || {
        // SAFETY: the file's rule.
        let whole = unsafe { of_handle::<Buffer>(buffer) };
        if offset > whole.len || len > whole.len - offset {
            return std::ptr::null_mut();
        }
        into_handle(Arc::new(Buffer {
            memory: Arc::clone(&whole.memory),
            offset: whole.offset + offset,
            len,
        }))
    })
}

unsafe extern "C" fn window(buffer: *mut c_void, len: *mut usize) -> *mut c_char {
    // SAFETY: the file's rule; `len` is writable.
    unsafe {
        let buffer = &*buffer.cast::<Buffer>();
        *len = buffer.len;
        buffer.at(0).cast()
    }
}

unsafe extern "C" fn wait<P: Place>(
    buffer: *mut c_void,
    offset: usize,
    expected: u64,
    bits: c_int,
    wait: *mut WaitLimit,
) -> c_int {
    failing("buffer.wait", abi::FAILED, || {
        // SAFETY: the file's rule.
        let cell = unsafe { &*buffer.cast::<Buffer>() }.at(offset);
        // SAFETY: an aligned cell of that width within the memory, which the handle keeps; all threads use it atomically, or
        // have agreed otherwise.
        #[allow(clippy::cast_ptr_alignment)]
        let unchanged = || unsafe {
            if bits == 32 {
                u64::from((*cell.cast::<AtomicU32>()).load(Ordering::SeqCst)) == expected & u64::from(u32::MAX)
            } else {
                (*cell.cast::<AtomicU64>()).load(Ordering::SeqCst) == expected
            }
        };
        if !unchanged() {
            return abi::DONE;
        }
        // SAFETY: `wait` is the caller's, under the rules of the table.
        unsafe {
            waiting::<P>(wait, |waiter, deadline| {
                if nobody_ends::<P>(deadline) {
                    fail_with(&Error::Deserted);
                    return Ended::With(abi::FAILED);
                }
                SLEEPERS.sleep(cell.addr(), unchanged, waiter, deadline).into()
            })
        }
    })
}

unsafe extern "C" fn notify(buffer: *mut c_void, offset: usize, count: usize) -> usize {
    logging("buffer.notify", 0, || {
        // SAFETY: the file's rule.
        let cell = unsafe { &*buffer.cast::<Buffer>() }.at(offset);
        SLEEPERS.wake(cell.addr(), count)
    })
}
