//! Errors of the engine as PHP exceptions.

use std::ffi::c_int;

use super::shim;
use crate::core::Error;

/// The exceptions of this extension; the numbers are their places in the shim's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum Class {
    /// Misuse: `FfiZts\Error`, an `\Error`.
    Misuse = 0,
    Boot = 1,
    Script = 2,
    Timeout = 4,
    Cancelled = 5,
    Transfer = 6,
    Closed = 7,
    Policy = 8,
}

/// Makes an exception pending on the host.
pub(super) fn throw(class: Class, message: &str) {
    shim::throw(class as c_int, message);
}

/// Throws an error of the engine as the class that says what kind it is.
pub(super) fn throw_error(error: &Error) {
    let class = match error {
        Error::Boot { .. } | Error::Thread { .. } | Error::System { .. } => Class::Boot,
        Error::Policy(_) => Class::Policy,
        Error::Timeout { .. } => Class::Timeout,
        Error::Cancelled | Error::Lost => Class::Cancelled,
        Error::Closed | Error::TooManyLost { .. } => Class::Closed,
        _ => Class::Misuse,
    };
    throw(class, &error.to_string());
}
