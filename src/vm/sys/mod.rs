//! What the engine asks of the operating system, behind safe functions.

pub mod arena;
pub mod child;
pub mod descriptors;
pub mod environment;
pub mod eventfd;
pub mod exit;
pub mod fork;
pub mod heritage;
pub mod memfd;
pub mod memory;
pub mod process;
pub mod signal;
pub mod thread;
