//! Handles of things of which it matters how many there are: objects on all threads, and references in messages. The engine's own counts
//! of the same things are not among them.

use std::sync::Arc;

use crate::bridge::message::Thing;

/// A thing that is told of its handles. A new one has one: whoever made it.
pub(super) trait Counted: Thing {
    fn handle_made(&self);
    fn handle_dropped(&self);
}

/// A handle within a message.
#[derive(Debug)]
pub(super) struct Share<T: Counted>(Arc<T>);

impl<T: Counted> Share<T> {
    pub(super) fn new(thing: Arc<T>) -> Arc<Self> {
        thing.handle_made();
        Arc::new(Self(thing))
    }

    /// The thing for another handle.
    pub(super) fn another(&self) -> Arc<T> {
        self.0.handle_made();
        Arc::clone(&self.0)
    }
}

impl<T: Counted> Drop for Share<T> {
    fn drop(&mut self) {
        self.0.handle_dropped();
    }
}
