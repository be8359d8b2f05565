//! A lane: a queue of jobs and the workers that serve it, and nobody else.
//!
//! The VM has one for whoever asks for any free worker; a `Thread` and a `Pool` have one each. `outstanding` counts jobs
//! from submission until they settle, `usable` the workers that take jobs. A worker is created when the first exceeds the
//! second. Both change before the state that makes the change visible.

use std::ffi::CString;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::job::Job;
use super::surroundings::Surroundings;
use super::sys::fork;
use crate::core::Deadline;
use crate::core::event::{Event, lock};
use crate::core::queue::Queue;
use crate::core::waiter::{Wait, Waiter};

/// Jobs that may wait in a lane; who submits more waits until there is room.
const QUEUE_LIMIT: usize = 1 << 16;

/// Whose workers a lane's are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneKind {
    /// Those of whoever asks for any free worker.
    #[default]
    Any,
    /// A `Thread`'s.
    Thread,
    /// A `Pool`'s.
    Pool,
}

/// What a lane is to be.
#[derive(Clone, Debug, Default)]
pub struct LaneSpec {
    /// Whose.
    pub kind: LaneKind,
    /// Most workers at a time; at least 1.
    pub size: usize,
    /// A file that each worker runs first, instead of the one that the options name.
    pub bootstrap: Option<CString>,
    /// A worker starts anew after so many tasks; 0: never.
    pub max_tasks: u64,
    /// A worker starts anew when it holds more than so many bytes after a task; 0: never.
    pub max_memory: u64,
    /// More workers may be created while some wait for other jobs.
    pub elastic: bool,
}

/// How many workers may take the place of waiting ones.
const STAND_INS: usize = 256;

/// See the top of this file.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) spec: LaneSpec,
    /// Among those of its kind, from 1.
    number: u64,
    pub(super) queue: Queue<Arc<Job>>,
    /// Threads that wait for room in the queue, or for the end.
    watchers: Mutex<Vec<Arc<Event>>>,
    /// How many they are, for those who do not lock.
    watching: AtomicUsize,
    closed: AtomicBool,
    outstanding: AtomicUsize,
    usable: AtomicUsize,
    /// Workers that wait for other jobs; others may be created in their place.
    blocked: AtomicUsize,
    /// Surroundings with this lane's bootstrap file, and those that they were made of.
    own: Mutex<Option<(Arc<Surroundings>, Arc<Surroundings>)>>,
}

impl Lane {
    pub(super) fn new(mut spec: LaneSpec, number: u64) -> Arc<Self> {
        spec.size = spec.size.max(1);
        Arc::new(Self {
            spec,
            number,
            queue: Queue::default(),
            watchers: Mutex::default(),
            watching: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            outstanding: AtomicUsize::new(0),
            usable: AtomicUsize::new(0),
            blocked: AtomicUsize::new(0),
            own: Mutex::default(),
        })
    }

    /// What errors call it: `pool 1`; `None`: the one that needs no name.
    pub(super) fn name(&self) -> Option<String> {
        match self.spec.kind {
            LaneKind::Any => None,
            LaneKind::Thread => Some(format!("thread {}", self.number)),
            LaneKind::Pool => Some(format!("pool {}", self.number)),
        }
    }

    /// What a task in this lane starts in.
    pub(super) fn surroundings(&self, given: Arc<Surroundings>) -> Arc<Surroundings> {
        let Some(bootstrap) = &self.spec.bootstrap else {
            return given;
        };
        let mut own = lock(&self.own);
        match &*own {
            Some((of, made)) if of.revision() == given.revision() => Arc::clone(made),
            known => {
                let made = given.with_bootstrap(bootstrap.clone());
                let made = Arc::new(match known {
                    Some((of, before)) if of.number() == given.number() => before.revised(&made),
                    _ => made,
                });
                *own = Some((given, Arc::clone(&made)));
                made
            }
        }
    }

    /// No more jobs; those that wait are still done, then the workers end.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.queue.seal();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(super) fn job_submitted(&self) {
        self.outstanding.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn job_settled(&self) {
        self.outstanding.fetch_sub(1, Ordering::SeqCst);
    }

    pub(super) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::SeqCst)
    }

    pub(super) fn usable(&self) -> usize {
        self.usable.load(Ordering::SeqCst)
    }

    /// Most workers that may take jobs at this moment.
    pub(super) fn limit(&self) -> usize {
        let stand_ins = if self.spec.elastic {
            self.blocked.load(Ordering::SeqCst).min(STAND_INS)
        } else {
            0
        };
        self.spec.size.saturating_add(stand_ins)
    }

    /// Whether the queue takes another job.
    pub(super) fn has_room(&self) -> bool {
        self.queue.len() < QUEUE_LIMIT
    }

    /// Waits until the queue takes another job.
    pub(super) fn wait_for_room(&self, waiter: &mut dyn Waiter) -> Wait {
        let event = Arc::clone(waiter.event());
        self.watch(&event);
        let outcome = waiter.wait(&|| self.has_room(), Deadline::never());
        self.unwatch(&event);
        outcome
    }

    /// Has `event` notified when there is room again, or a worker has ended.
    pub(super) fn watch(&self, event: &Arc<Event>) {
        let mut watchers = lock(&self.watchers);
        watchers.push(Arc::clone(event));
        self.watching.store(watchers.len(), Ordering::SeqCst);
    }

    pub(super) fn unwatch(&self, event: &Arc<Event>) {
        if fork::in_child() {
            return; // a thread that is not here may hold the lock
        }
        let mut watchers = lock(&self.watchers);
        if let Some(at) = watchers.iter().position(|known| Arc::ptr_eq(known, event)) {
            watchers.swap_remove(at);
        }
        self.watching.store(watchers.len(), Ordering::SeqCst);
    }

    /// A worker has taken a job or has ended: whoever waits for that looks again. Does not lock when nobody does.
    pub(super) fn notify(&self) {
        if self.watching.load(Ordering::SeqCst) > 0 {
            lock(&self.watchers).iter().for_each(|event| event.notify());
        }
    }

    pub(super) fn wants_worker(&self) -> bool {
        self.outstanding() > self.usable() && self.usable() < self.limit()
    }

    /// No worker will take a job before another job has ended.
    pub(super) fn all_wait(&self) -> bool {
        self.usable() <= self.blocked.load(Ordering::SeqCst)
    }

    pub(super) fn worker_added(&self) {
        self.usable.fetch_add(1, Ordering::SeqCst);
    }

    /// How many are left.
    pub(super) fn worker_removed(&self) -> usize {
        self.usable.fetch_sub(1, Ordering::SeqCst) - 1
    }

    /// Takes a worker in if there is room for one more.
    pub(super) fn worker_returns(&self) -> bool {
        let room = |usable| (usable < self.limit()).then_some(usable + 1);
        self.usable
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, room)
            .is_ok()
    }

    /// Lets a worker go that there is no work for, if there are more than `size`: true when the caller may end.
    pub(super) fn worker_is_surplus(&self) -> bool {
        let fewer = |usable| (usable > self.limit() && self.queue.is_empty()).then(|| usable - 1);
        self.usable
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer)
            .is_ok()
    }

    /// A worker of this lane waits for other jobs until the value is dropped.
    pub(super) fn blocks(self: &Arc<Self>) -> Blocked {
        self.blocked.fetch_add(1, Ordering::SeqCst);
        Blocked(Arc::clone(self))
    }
}

/// See [`Lane::blocks`].
#[derive(Debug)]
pub(super) struct Blocked(Arc<Lane>);

impl Drop for Blocked {
    fn drop(&mut self) {
        self.0.blocked.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blocked_worker_makes_room_for_another_which_leaves_when_idle() {
        let lane = Lane::new(
            LaneSpec {
                size: 1,
                elastic: true,
                ..LaneSpec::default()
            },
            1,
        );
        lane.job_submitted();
        assert!(lane.wants_worker());
        lane.worker_added();
        lane.job_submitted();
        assert!(!lane.wants_worker());
        let blocked = lane.blocks();
        assert!(lane.wants_worker());
        lane.worker_added();
        assert!(!lane.worker_is_surplus());
        drop(blocked);
        assert!(lane.worker_is_surplus());
        assert!(!lane.worker_is_surplus());
        assert_eq!(lane.usable(), 1);
    }
}
