//! The border between the two halves: plain C data, versioned, checked when they attach.

pub mod abi;
pub mod message;
pub mod wire;
