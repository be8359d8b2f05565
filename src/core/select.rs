//! Waiting for the first of several things.

use std::sync::Arc;

use super::Deadline;
use super::event::Event;
use super::waiter::{Wait, Waiter};

/// What can be waited for together with others. It is level-triggered: to look changes nothing.
pub trait Source: Send + Sync {
    /// Whether it is of use to turn to it now.
    fn is_ready(&self) -> bool;

    /// From here on `event` is notified whenever it becomes ready; look after this call.
    fn watch(&self, event: &Arc<Event>);

    /// Undoes one [`watch`](Self::watch).
    fn unwatch(&self, event: &Arc<Event>);
}

/// The places of those that are ready, in order.
#[must_use]
pub fn ready(sources: &[Arc<dyn Source>]) -> Vec<usize> {
    (0..sources.len()).filter(|&place| sources[place].is_ready()).collect()
}

/// Waits until at least one of `sources` is ready, and returns the places of those that are, in order; none after any
/// other end than `Done`. Without sources that is a wait for the deadline.
pub fn select(sources: &[Arc<dyn Source>], waiter: &mut dyn Waiter, deadline: Deadline) -> (Wait, Vec<usize>) {
    loop {
        let watched = Watched::new(sources, waiter.event());
        let ended = waiter.wait(&|| sources.iter().any(|source| source.is_ready()), deadline);
        if ended == Wait::Forked {
            std::mem::forget(watched); // to undo it takes locks
            return (ended, Vec::new());
        }
        drop(watched);
        let ready = ready(sources);
        // What was ready may have been taken by others since.
        if !ready.is_empty() {
            return (Wait::Done, ready);
        }
        if ended != Wait::Done {
            return (ended, ready);
        }
    }
}

struct Watched<'s> {
    sources: &'s [Arc<dyn Source>],
    event: Arc<Event>,
}

impl<'s> Watched<'s> {
    fn new(sources: &'s [Arc<dyn Source>], event: &Arc<Event>) -> Self {
        for source in sources {
            source.watch(event);
        }
        Self {
            sources,
            event: Arc::clone(event),
        }
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        for source in self.sources {
            source.unwatch(&self.event);
        }
    }
}
