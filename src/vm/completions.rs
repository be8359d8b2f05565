//! Jobs that somebody waits for together: those that have ended, and one descriptor for all of them.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::stream::{Readiness, Watched};
use crate::core::Error;
use crate::core::event::lock;

/// Keys of jobs that have ended, in that order. A job knows it weakly: dropped, it is nobody's concern any more.
#[derive(Debug)]
pub(super) struct Completions {
    ended: Mutex<VecDeque<u64>>,
    readiness: Arc<Readiness>,
    /// It is told of output.
    watched: AtomicBool,
}

const WHAT: &str = "a descriptor for a completion queue";

impl Completions {
    /// # Errors
    /// Out of descriptors.
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self {
            ended: Mutex::default(),
            readiness: Readiness::new(WHAT)?,
            watched: AtomicBool::new(false),
        })
    }

    /// From here on the queue is readable when output is to be fetched, too.
    pub(super) fn watched_by(&self, watched: &Watched) {
        if !self.watched.swap(true, Ordering::Relaxed) {
            watched.add(&self.readiness);
        }
    }

    /// A descriptor that is readable while there is something to take, or output to fetch.
    pub(super) fn descriptor(&self) -> Result<Arc<OwnedFd>, Error> {
        self.readiness.lend(WHAT)
    }

    /// The job of this key has ended.
    pub(super) fn ended(&self, key: u64) {
        let mut ended = lock(&self.ended);
        ended.push_back(key);
        self.readiness.set_ready(true); // under the lock: whoever empties the queue says so, too
    }

    /// How many may be taken.
    pub(super) fn waiting(&self) -> usize {
        lock(&self.ended).len()
    }

    /// Moves the first keys into `keys`: how many.
    pub(super) fn take(&self, keys: &mut [u64]) -> usize {
        let mut ended = lock(&self.ended);
        let count = keys.len().min(ended.len());
        for (into, key) in keys.iter_mut().zip(ended.drain(..count)) {
            *into = key;
        }
        if ended.is_empty() {
            self.readiness.set_ready(false);
        }
        count
    }
}
