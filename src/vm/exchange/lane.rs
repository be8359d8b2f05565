//! Workers of one's own, as the C code of both halves has them.
//!
//! # Safety
//! That of [`super`]: a lane's handle is an `Arc<Lane>`; out-pointers are writable.

use std::ffi::{c_char, c_int, c_void};
use std::sync::Arc;

use super::super::engine::Engine;
use super::super::lane::{Lane, LaneKind, LaneSpec};
use super::future::{code, deadline, path};
use super::gate::{logging, refuse, refusing};
use super::place::{Place, engine};
use super::{into_handle, of_handle};
use crate::bridge::abi::{self, Refusal};
use crate::core::waiter::Wait;
use crate::core::{Deadline, Error};

pub(super) unsafe extern "C" fn open(
    kind: c_int,
    size: u64,
    bootstrap: *const c_char,
    max_tasks: u64,
    max_memory: u64,
    lane: *mut *mut c_void,
    refusal: *mut Refusal,
) -> c_int {
    let act = || {
        // SAFETY: `bootstrap` is null or NUL-terminated; the out-pointers are writable.
        unsafe {
            let spec = LaneSpec {
                kind: if kind == abi::LANE_POOL {
                    LaneKind::Pool
                } else {
                    LaneKind::Thread
                },
                size: usize::try_from(size).unwrap_or(usize::MAX),
                bootstrap: path(bootstrap),
                max_tasks,
                max_memory,
                elastic: false,
            };
            match engine().and_then(|engine| engine.open_lane(spec)) {
                Ok(opened) => {
                    *lane = into_handle(opened);
                    abi::DONE
                }
                Err(error) => refuse(refusal, &error),
            }
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("lane_open", refusal, act) }
}

pub(super) unsafe extern "C" fn close<P: Place>(lane: *mut c_void, at: i64, refusal: *mut Refusal) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let lane = unsafe { of_handle::<Lane>(lane) };
        match engine() {
            Ok(engine) => {
                lane.close();
                await_end::<P>(&engine, &lane, deadline(at))
            }
            Err(Error::Closed) => abi::DONE, // and the lane with it
            // SAFETY: the out-pointer is writable.
            Err(error) => unsafe { refuse(refusal, &error) },
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("lane_close", refusal, act) }
}

pub(super) unsafe extern "C" fn kill<P: Place>(lane: *mut c_void, refusal: *mut Refusal) -> c_int {
    let act = || {
        // SAFETY: the file's rule.
        let lane = unsafe { of_handle::<Lane>(lane) };
        let engine = match engine() {
            Ok(engine) => engine,
            Err(Error::Closed) => return abi::DONE, // and the lane with it
            // SAFETY: the out-pointer is writable.
            Err(error) => return unsafe { refuse(refusal, &error) },
        };
        lane.close();
        let limit = Deadline::after(engine.shutdown_timeout);
        let (killed, flow) = if P::HOST {
            P::side(|side| {
                let jobs = engine.jobs_in(&lane);
                side.map(|side| engine.cancel_all(&jobs, limit, side))
            })
        } else {
            P::wait(|waiter| {
                for job in engine.jobs_in(&lane) {
                    engine.cancel_from_guest(&job, limit, waiter);
                }
                Some(Ok(()))
            })
        };
        match killed.flatten() {
            _ if flow != abi::DONE => flow,
            // SAFETY: the out-pointer is writable.
            Some(Err(error)) => unsafe { refuse(refusal, &error) },
            _ => await_end::<P>(&engine, &lane, limit),
        }
    };
    // SAFETY: the out-pointer is writable.
    unsafe { refusing("lane_kill", refusal, act) }
}

/// Waits until a closed lane has no jobs and no workers any more.
fn await_end<P: Place>(engine: &Arc<Engine>, lane: &Arc<Lane>, limit: Deadline) -> c_int {
    let (waited, flow) = P::wait(|waiter| {
        let event = Arc::clone(waiter.event());
        lane.watch(&event);
        let waited = waiter.wait(&|| engine.lane_ended(lane), limit);
        lane.unwatch(&event);
        waited
    });
    code(waited.unwrap_or(Wait::Interrupted), flow)
}

pub(super) unsafe extern "C" fn seal(lane: *mut c_void) {
    logging("lane_seal", (), || {
        // SAFETY: the file's rule.
        let lane = unsafe { of_handle::<Lane>(lane) };
        if engine().is_ok() {
            lane.close(); // in the child of a fork a thread that is not there may hold the lock
        }
    });
}

pub(super) unsafe extern "C" fn load(lane: *mut c_void) -> u64 {
    // SAFETY: the file's rule.
    logging("lane_load", 0, || unsafe {
        (*lane.cast::<Lane>()).outstanding() as u64
    })
}
