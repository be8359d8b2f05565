//! Real OS threads for the PHP people already have: a thread-safe guest PHP inside a stock host PHP's process.
//!
//! One crate, built twice: with the feature `host` against the headers of the PHP that loads it, with the feature
//! `guest` against those of the runtime's libphp. `docs/internals.md` tells who may call what.

pub mod bridge;
pub mod core;
#[cfg(feature = "engine-core")]
pub mod elf;
#[cfg(feature = "guest")]
pub mod guest;
#[cfg(feature = "host")]
pub mod host;
#[cfg(feature = "engine-core")]
pub mod vm;
