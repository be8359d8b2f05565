//! The thread that calls into the engine, and how it waits.

use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::bridge::abi::{self, WaitLimit};
use crate::core::Deadline;
use crate::core::waiter::{Wait, Waiter};
use crate::vm::waiter::{GuestWaiter, HostWaiter};
use crate::vm::{HostSide, Nobody};

/// Calls `body` with the host side of the calling thread, and says whether a bailout is to go on afterwards.
pub type WithSide = fn(body: &mut dyn FnMut(&mut dyn HostSide)) -> bool;

static WITH_SIDE: OnceLock<WithSide> = OnceLock::new();

/// Tells who attends to the host while its thread waits for what its table offers. Module startup; the first call counts.
pub fn host_waits_with(with_side: WithSide) {
    let _ = WITH_SIDE.set(with_side);
}

/// Which kind of thread calls.
pub(super) trait Thread: 'static {
    /// Calls `act` with the calling thread as a waiter; true: a bailout is to go on, whatever it returned.
    fn wait<R>(interrupt: Option<&AtomicBool>, act: impl FnOnce(&mut dyn Waiter) -> R) -> (R, bool);
}

/// The host's.
pub(super) struct HostThread;

impl Thread for HostThread {
    fn wait<R>(_: Option<&AtomicBool>, act: impl FnOnce(&mut dyn Waiter) -> R) -> (R, bool) {
        let (mut act, mut result) = (Some(act), None);
        let mut body = |side: &mut dyn HostSide| result = act.take().map(|act| act(&mut HostWaiter::new(side)));
        let bailout = WITH_SIDE.get().is_some_and(|with_side| with_side(&mut body));
        if WITH_SIDE.get().is_none() {
            body(&mut Nobody);
        }
        (result.expect("a side is a side for one body"), bailout)
    }
}

/// One of the guest's.
pub(super) struct GuestThread;

impl Thread for GuestThread {
    fn wait<R>(interrupt: Option<&AtomicBool>, act: impl FnOnce(&mut dyn Waiter) -> R) -> (R, bool) {
        (act(&mut GuestWaiter::new(interrupt)), false)
    }
}

/// What an operation that was done with a waiter came to.
pub(super) enum Ended {
    /// One of `WAIT_*`.
    With(c_int),
    /// The thread must return to its VM.
    Interrupted,
}

impl From<Wait> for Ended {
    fn from(wait: Wait) -> Self {
        match wait {
            Wait::Done => Self::With(abi::WAIT_DONE),
            Wait::TimedOut => Self::With(abi::WAIT_TIMEOUT),
            Wait::Interrupted => Self::Interrupted,
        }
    }
}

/// Does `act` with the calling thread's waiter and `limit`: one of `WAIT_*`.
///
/// # Safety
/// `limit` is writable, and its flag, if any, lives during the call.
pub(super) unsafe fn waiting<T: Thread>(
    limit: *mut WaitLimit,
    act: impl FnOnce(&mut dyn Waiter, Deadline) -> Ended,
) -> c_int {
    // SAFETY: the caller's promise.
    let (limit, interrupt) = unsafe { (&mut *limit, (*limit).interrupt.as_ref()) };
    if limit.timeout <= 0.0 {
        return abi::WAIT_TIMEOUT;
    }
    // An infinite time is no duration.
    let deadline = Duration::try_from_secs_f64(limit.timeout).map_or_else(|_| Deadline::never(), Deadline::after);
    match T::wait(interrupt, |waiter| act(waiter, deadline)) {
        (_, true) => abi::WAIT_BAILOUT,
        (Ended::With(outcome), false) => outcome,
        (Ended::Interrupted, false) => {
            if let Some(left) = deadline.remaining() {
                limit.timeout = left.as_secs_f64();
            }
            abi::WAIT_LEAVE
        }
    }
}
