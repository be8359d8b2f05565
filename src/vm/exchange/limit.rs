//! Waits whose limit C keeps (`fz_wait`).

use std::ffi::c_int;
use std::time::Duration;

use super::super::boot::process_state;
use super::place::Place;
use crate::bridge::abi::{self, WaitLimit};
use crate::core::waiter::{Wait, Waiter};
use crate::core::{Deadline, VmState};

/// What an operation that was done with a waiter came to.
pub(super) enum Ended {
    /// The answer for C.
    With(c_int),
    /// The thread must return to its VM.
    Interrupted,
}

impl From<Wait> for Ended {
    fn from(wait: Wait) -> Self {
        match wait {
            Wait::Done => Self::With(abi::DONE),
            Wait::TimedOut => Self::With(abi::TIMED_OUT),
            Wait::Interrupted | Wait::Forked => Self::Interrupted, // C throws, in the child
        }
    }
}

/// Whether the calling thread would wait for ever: it is the host's, and its guest has ended.
pub(super) fn nobody_ends<P: Place>(deadline: Deadline) -> bool {
    P::HOST && deadline.remaining().is_none() && process_state() == VmState::Down
}

/// Does `act` with the calling thread's waiter and `limit`: the answer for C.
///
/// # Safety
/// `limit` is writable, and its flag, if any, lives during the call.
pub(super) unsafe fn waiting<P: Place>(
    limit: *mut WaitLimit,
    act: impl FnOnce(&mut dyn Waiter, Deadline) -> Ended,
) -> c_int {
    // SAFETY: the caller's promise.
    let (limit, interrupt) = unsafe { (&mut *limit, (*limit).interrupt.as_ref()) };
    if limit.timeout <= 0.0 {
        return abi::TIMED_OUT;
    }
    // An infinite time is no duration.
    let deadline = Duration::try_from_secs_f64(limit.timeout).map_or_else(|_| Deadline::never(), Deadline::after);
    match P::wait_with(interrupt, |waiter| act(waiter, deadline)) {
        (_, abi::BAILOUT) => abi::BAILOUT,
        (Some(Ended::With(answer)), _) => answer,
        (Some(Ended::Interrupted), _) => {
            if let Some(left) = deadline.remaining() {
                limit.timeout = left.as_secs_f64();
            }
            abi::LEAVE
        }
        (None, _) => abi::FAILED,
    }
}
