//! Where panics end: C never sees one unwind. What a panic said is always told, in one of three ways, by what the call's answer can
//! say.
//!
//! - [`refusing`]: the answer is [`abi::REFUSED`] and C throws the text.
//! - [`failing`]: the answer is that of a call that failed (no handle, [`abi::FAILED`]…), and C asks for the text with
//!   [`failure`] then.
//! - [`logging`]: nobody waits for the answer; the text goes to the log.

use std::cell::RefCell;
use std::ffi::{c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::callbacks::{log_line, panic_text};
use crate::bridge::abi::{self, Exception, Refusal};
use crate::core::Error;

thread_local! {
    /// Why the last call on this thread failed, where C has not asked for that yet.
    static FAILURE: RefCell<Option<(Exception, String)>> = const { RefCell::new(None) };
}

fn guarded<R>(call: &str, act: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(act))
        .map_err(|panic| format!("internal error in `{call}`: {} (please report it)", panic_text(&*panic)))
}

/// Does `act`; a panic is [`abi::REFUSED`] with its text.
///
/// # Safety
/// `refusal` is writable.
pub(super) unsafe fn refusing(call: &str, refusal: *mut Refusal, act: impl FnOnce() -> c_int) -> c_int {
    guarded(call, act).unwrap_or_else(|why| {
        // SAFETY: the caller's promise.
        unsafe { say(refusal, Exception::Misuse, &why) }
        abi::REFUSED
    })
}

/// Does `act`; after a panic the answer is `otherwise`, upon which C asks for the [`failure`].
pub(super) fn failing<R>(call: &str, otherwise: R, act: impl FnOnce() -> R) -> R {
    guarded(call, act).unwrap_or_else(|why| {
        // Without the value where the thread is past its thread-local values: then C says that it does not know why.
        let _ = FAILURE.try_with(|failure| *failure.borrow_mut() = Some((Exception::Misuse, why)));
        otherwise
    })
}

/// The call that is under way answers that it has failed; this is why.
pub(super) fn fail_with(error: &Error) {
    let why = (Exception::from(error), error.to_string());
    let _ = FAILURE.try_with(|failure| *failure.borrow_mut() = Some(why));
}

/// Does `act`; what a panic said is logged, and the answer is `otherwise`.
pub(super) fn logging<R>(call: &str, otherwise: R, act: impl FnOnce() -> R) -> R {
    guarded(call, act).unwrap_or_else(|why| {
        let _ = guarded("log", || log_line(&format!("ffi_zts: {why}")));
        otherwise
    })
}

/// Fills `refusal` with why the call of this thread failed that has just failed; 0: nothing is known.
pub(super) unsafe extern "C" fn failure(refusal: *mut Refusal) -> c_int {
    let why = FAILURE.try_with(|failure| failure.borrow_mut().take()).ok().flatten();
    // SAFETY: C passes a writable refusal.
    why.map_or(0, |(exception, why)| unsafe {
        say(refusal, exception, &why);
        1
    })
}

/// Fills `refusal`: [`abi::REFUSED`].
///
/// # Safety
/// `refusal` is writable.
pub(super) unsafe fn refuse(refusal: *mut Refusal, error: &Error) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { say(refusal, Exception::from(error), &error.to_string()) }
    abi::REFUSED
}

/// # Safety
/// `refusal` is writable.
unsafe fn say(refusal: *mut Refusal, exception: Exception, text: &str) {
    // SAFETY: the caller's promise.
    unsafe {
        (*refusal).exception = exception as i32;
        tell(text, &mut (*refusal).text);
    }
}

/// Writes `text` and a NUL byte, cut where it does not fit.
pub(super) fn tell(text: &str, target: &mut [c_char]) {
    let mut taken = text.len().min(target.len() - 1);
    while !text.is_char_boundary(taken) {
        taken -= 1;
    }
    for (to, from) in target.iter_mut().zip(text.as_bytes()[..taken].iter().chain([&0])) {
        *to = from.cast_signed() as c_char;
    }
}
