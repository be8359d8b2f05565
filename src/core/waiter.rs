//! Waiting for something that other threads do, on whichever thread that is.
//!
//! What is waited for (a channel, a job, a cell of a buffer) knows *when* it is over, and notifies the events of those who
//! wait. The thread that waits knows *how*: where it parks, what it has to do meanwhile, and when it must give up.

use std::sync::Arc;

use super::Deadline;
use super::event::Event;

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// What was waited for has happened (for a job: and all of its output was delivered).
    Done,
    /// The deadline passed; what was waited for may still come.
    TimedOut,
    /// The thread must return to its VM. Wait again to go on.
    Interrupted,
    /// PHP code that ran on this thread meanwhile has forked, and this is the child: the other threads are not here, and what they
    /// had locked stays locked. Return at once, touching nothing that is shared.
    Forked,
}

/// The calling thread, as something that can wait.
pub trait Waiter {
    /// What is to be notified when `done` may have become true.
    fn event(&self) -> &Arc<Event>;

    /// Waits until `done`, which is called often and must not block. A `done` that is true beats everything else.
    fn wait(&mut self, done: &dyn Fn() -> bool, deadline: Deadline) -> Wait;
}

/// A thread without any affairs of its own: parks until it is done.
#[derive(Debug, Default)]
pub struct Plain {
    event: Arc<Event>,
}

impl Waiter for Plain {
    fn event(&self) -> &Arc<Event> {
        &self.event
    }

    fn wait(&mut self, done: &dyn Fn() -> bool, deadline: Deadline) -> Wait {
        loop {
            let ticket = self.event.ticket();
            if done() {
                return Wait::Done;
            }
            if deadline.expired() {
                return Wait::TimedOut;
            }
            let _ = ticket.park(deadline.slice(std::time::Duration::MAX));
        }
    }
}
