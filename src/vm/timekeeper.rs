//! Time limits of jobs, and lost ones. The boot thread, which has nothing to do while the guest is up, looks after them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::job::Job;
use crate::core::JobState;
use crate::core::event::{Event, lock};
use crate::core::stop::{REPEAT, Stop};

/// Longest time between two requests to a lost job.
const SELDOM: Duration = Duration::from_secs(1);
/// A sleep when there is no limit to look after.
const LONG: Duration = Duration::from_secs(3600);

/// Shared by the boot thread, which sleeps in it, and whoever starts a job or ends the VM.
#[derive(Debug, Default)]
pub(super) struct Timekeeper {
    engine: OnceLock<Weak<Engine>>,
    limits: Mutex<BinaryHeap<Reverse<Limit>>>,
    event: Event,
    ended: AtomicBool,
}

#[derive(Debug)]
struct Limit {
    at: Instant,
    job: Weak<Job>,
    /// When it was first asked to stop, or given up.
    since: Option<Instant>,
}

impl PartialEq for Limit {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}
impl Eq for Limit {}
impl PartialOrd for Limit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Limit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

impl Timekeeper {
    pub(super) fn serves(&self, engine: &Arc<Engine>) {
        let _ = self.engine.set(Arc::downgrade(engine));
    }

    /// `job` starts now, and is stopped when it runs for longer than `limit`.
    pub(super) fn watch(&self, job: &Arc<Job>, limit: Duration) {
        if let Some(at) = Instant::now().checked_add(limit) {
            self.add(Limit {
                at,
                job: Arc::downgrade(job),
                since: None,
            });
        }
    }

    /// `job` is lost, and was asked to bail out: its worker is asked again until it has let go of it, since each of a request's
    /// shutdown functions and destructors may go on for ever.
    pub(super) fn pursue(&self, job: &Arc<Job>) {
        let now = Instant::now();
        self.add(Limit {
            at: now + REPEAT,
            job: Arc::downgrade(job),
            since: Some(now),
        });
    }

    fn add(&self, limit: Limit) {
        let mut limits = lock(&self.limits);
        let first = limits.peek().is_none_or(|Reverse(next)| limit.at < next.at);
        limits.push(Reverse(limit));
        drop(limits);
        if first {
            self.event.notify();
        }
    }

    /// Ends [`Self::keep`].
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        self.event.notify();
    }

    /// Looks after limits until [`Self::end`].
    pub(super) fn keep(&self) {
        loop {
            let ticket = self.event.ticket();
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            let sleep = self.look();
            let _ = ticket.park(sleep);
        }
    }

    /// Does what is due; how long there is nothing to do then.
    fn look(&self) -> Duration {
        loop {
            let now = Instant::now();
            let due = {
                let mut limits = lock(&self.limits);
                match limits.peek() {
                    None => return LONG,
                    Some(Reverse(next)) if next.at > now => return next.at - now,
                    Some(_) => limits.pop(),
                }
            };
            if let Some(Reverse(limit)) = due {
                self.stop(limit, now);
            }
        }
    }

    fn stop(&self, limit: Limit, now: Instant) {
        let (Some(job), Some(engine)) = (limit.job.upgrade(), self.engine.get().and_then(Weak::upgrade)) else {
            return;
        };
        let since = limit.since.unwrap_or(now);
        if job.state() == JobState::Lost && engine.workers().iter().any(|worker| worker.demand_end(&engine, &job)) {
            // Ever more seldom: a call into a library may take as long as it likes.
            return self.add(Limit {
                at: now + ((now - since) / 4).clamp(REPEAT, SELDOM),
                job: limit.job,
                since: Some(since),
            });
        }
        if job.state() != JobState::Running {
            return;
        }
        if limit.since.is_none() {
            job.request_timeout();
        }
        let asked = now - since;
        if asked >= engine.stop_timeout {
            return engine.give_up(&job);
        }
        engine.interrupt(&job, Stop::after(asked, Some(engine.stop_timeout)));
        self.add(Limit {
            at: now + Stop::again(asked),
            job: limit.job,
            since: Some(since),
        });
    }
}
