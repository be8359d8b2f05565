//! zval ⇄ wire, compiled on each side against that side's own headers.
//!
//! Must run on a thread of the engine that owns the values. Encoding reads plain memory and runs no PHP code; what
//! cannot cross is refused with the path to it.

#[cfg(feature = "host")]
pub mod decode;
pub mod encode;
