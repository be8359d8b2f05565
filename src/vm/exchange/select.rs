//! `select()` in the engine table.

use std::ffi::{c_int, c_void};
use std::sync::Arc;

use super::channel::Channel;
use super::gate;
use super::thread::{Thread, waiting};
use crate::bridge::abi::{self, WaitLimit};
use crate::bridge::message::{REF_CHANNEL, of_handle};
use crate::core::select::{self, Source};

/// The thing behind a handle as something to wait for. A kind of its own joins here.
///
/// # Safety
/// A live handle of that kind.
unsafe fn source(kind: c_int, handle: *mut c_void) -> Option<Arc<dyn Source>> {
    match kind {
        // SAFETY: the caller's promise.
        REF_CHANNEL => Some(unsafe { of_handle::<Channel>(handle) }),
        _ => None,
    }
}

/// # Safety
/// `count` live sources, as many writable bytes at `ready`, and a limit under the rules of the table.
pub(super) unsafe extern "C" fn select<T: Thread>(
    sources: *const abi::Source,
    count: usize,
    ready: *mut u8,
    wait: *mut WaitLimit,
) -> c_int {
    gate(abi::WAIT_FAILED, || {
        let (given, ready) = if count == 0 {
            (&[][..], &mut [][..])
        } else {
            // SAFETY: the caller's promise.
            unsafe {
                (
                    std::slice::from_raw_parts(sources, count),
                    std::slice::from_raw_parts_mut(ready, count),
                )
            }
        };
        ready.fill(0);
        // SAFETY: the caller's promise.
        let sources: Option<Vec<_>> = given
            .iter()
            .map(|one| unsafe { source(one.kind, one.handle) })
            .collect();
        let Some(sources) = sources else {
            return abi::WAIT_FAILED;
        };
        let mut mark = |places: &[usize]| places.iter().for_each(|place| ready[*place] = 1);
        let now = select::ready(&sources);
        if !now.is_empty() {
            mark(&now);
            return abi::WAIT_DONE;
        }
        // SAFETY: `wait` is the caller's, under the rules of the table.
        unsafe {
            waiting::<T>(wait, |waiter, deadline| {
                let (ended, places) = select::select(&sources, waiter, deadline);
                mark(&places);
                ended.into()
            })
        }
    })
}
