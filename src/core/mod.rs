//! Neutral building blocks of the engine: states, errors, deadlines, output, queue, waking.
//!
//! Nothing here knows PHP, a process or a foreign library; everything is safe code and is tested on its own.
#![forbid(unsafe_code)]

pub mod ceiling;
pub mod channel;
pub mod deadline;
pub mod error;
pub mod event;
pub mod items;
pub mod log;
pub mod manifest;
pub mod options;
pub mod outcome;
pub mod output;
pub mod parking;
pub mod policy;
pub mod queue;
pub mod reserve;
pub mod select;
pub mod state;
pub mod stop;
mod sync;
pub mod waiter;

pub use deadline::Deadline;
pub use error::Error;
pub use outcome::Outcome;
pub use output::OutputBuffer;
pub use state::{JobState, StateError, VmState};

/// Processors that this process may use, as they were at the first call: to find out takes several files of the cgroup.
#[must_use]
pub fn processors() -> usize {
    static FOUND: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *FOUND.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}
