//! Errors of the engine as PHP exceptions.

use std::ffi::c_int;

use super::shim;
pub(super) use crate::bridge::abi::Exception as Class;
use crate::core::Error;

/// Makes an exception pending on the host.
pub(super) fn throw(class: Class, message: &str) {
    shim::throw(class as c_int, message);
}

/// Throws an error of the engine as the class that says what kind it is.
pub(super) fn throw_error(error: &Error) {
    throw(error.into(), &error.to_string());
}
