//! `select()` in the engine table.

use std::ffi::{c_int, c_void};
use std::sync::Arc;

use super::channel::{Channel, desert_if_alone};
use super::gate::failing;
use super::limit::waiting;
use super::place::Place;
use crate::bridge::abi::{self, WaitLimit};
use crate::bridge::message::{REF_CHANNEL, of_handle};
use crate::core::event::Event;
use crate::core::select::{self, Source};
use crate::vm::job::Job;

/// The thing behind a handle as something to wait for. A kind of its own joins here.
///
/// # Safety
/// A live handle of that kind, or null for a future whose outcome has been taken.
unsafe fn source(kind: c_int, handle: *mut c_void) -> Option<Arc<dyn Source>> {
    match kind {
        abi::REF_FUTURE if handle.is_null() => Some(Arc::new(Taken)),
        // SAFETY: the caller's promise.
        REF_CHANNEL => Some(unsafe { of_handle::<Channel>(handle) }),
        // SAFETY: the same.
        abi::REF_FUTURE => Some(unsafe { of_handle::<Job>(handle) }),
        _ => None,
    }
}

/// A future whose outcome has been taken: its job has ended.
struct Taken;

impl Source for Taken {
    fn is_ready(&self) -> bool {
        true
    }

    fn watch(&self, _event: &Arc<Event>) {}

    fn unwatch(&self, _event: &Arc<Event>) {}
}

impl Source for Job {
    fn is_ready(&self) -> bool {
        self.is_done()
    }

    fn watch(&self, event: &Arc<Event>) {
        self.watch(event);
    }

    fn unwatch(&self, event: &Arc<Event>) {
        self.unwatch(event);
    }
}

/// # Safety
/// `count` live sources, as many writable bytes at `ready`, and a limit under the rules of the table.
pub(super) unsafe extern "C" fn select<P: Place>(
    sources: *const abi::Source,
    count: usize,
    ready: *mut u8,
    wait: *mut WaitLimit,
) -> c_int {
    failing("select", abi::FAILED, || {
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
            return abi::FAILED;
        };
        let mut mark = |places: &[usize]| places.iter().for_each(|place| ready[*place] = 1);
        let now = select::ready(&sources);
        if !now.is_empty() {
            mark(&now);
            return abi::DONE;
        }
        // SAFETY: `wait` is the caller's, under the rules of the table.
        unsafe {
            waiting::<P>(wait, |waiter, deadline| {
                for one in given.iter().filter(|one| one.kind == REF_CHANNEL) {
                    desert_if_alone::<P>(&of_handle::<Channel>(one.handle), deadline);
                }
                let (ended, places) = select::select(&sources, waiter, deadline);
                mark(&places);
                ended.into()
            })
        }
    })
}
