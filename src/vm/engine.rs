//! The parts of a booted VM and how they account for jobs and workers.
//!
//! `outstanding` counts jobs from submission until they settle, `usable` the workers that take jobs. A worker is created when
//! the first exceeds the second. Both change before the state that makes the change visible.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::boot::BootHandle;
use super::guest::Guest;
use super::hub::Hub;
use super::info::Tally;
use super::job::Job;
use super::script::Prepared;
use super::worker::Worker;
use super::{ScriptSpec, process_state};
use crate::core::event::lock;
use crate::core::queue::Queue;
use crate::core::{Error, JobState, Outcome, VmState};

/// How many lost workers are tolerated for each that may run.
const LOST_PER_THREAD: usize = 2;

#[derive(Debug)]
pub(super) struct Engine {
    pub(super) guest: Guest,
    pub(super) hub: Arc<Hub>,
    pub(super) queue: Queue<Arc<Job>>,
    pub(super) tally: Tally,
    pub(super) threads: usize,
    pub(super) stack_size: usize,
    pub(super) shutdown_timeout: Duration,
    /// How long idle workers and waiting hosts look before they sleep; zero on a single processor.
    pub(super) spin: Duration,
    pub(super) processors: usize,
    pub(super) boot: BootHandle,
    outstanding: AtomicUsize,
    usable: AtomicUsize,
    lost: AtomicUsize,
    next_job: AtomicU64,
    /// Unfinished jobs.
    jobs: Mutex<BTreeMap<u64, Arc<Job>>>,
    workers: Mutex<Workers>,
    /// Held by the one shutdown that is under way.
    pub(super) shutting_down: Mutex<()>,
}

#[derive(Debug, Default)]
struct Workers {
    list: Vec<Arc<Worker>>,
    created: u64,
}

impl Engine {
    pub(super) fn new(guest: Guest, hub: Arc<Hub>, boot: BootHandle, limits: &super::BootConfig) -> Arc<Self> {
        let processors = crate::core::processors();
        Arc::new(Self {
            guest,
            hub,
            queue: Queue::default(),
            tally: Tally::default(),
            threads: limits.threads.max(1),
            stack_size: limits.stack_size,
            shutdown_timeout: limits.shutdown_timeout,
            spin: if processors > 1 {
                super::worker::SPIN
            } else {
                Duration::ZERO
            },
            processors,
            boot,
            outstanding: AtomicUsize::new(0),
            usable: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
            next_job: AtomicU64::new(1),
            jobs: Mutex::default(),
            workers: Mutex::default(),
            shutting_down: Mutex::default(),
        })
    }

    // --- jobs ---

    pub(super) fn submit(self: &Arc<Self>, spec: ScriptSpec) -> Result<Arc<Job>, Error> {
        if !is_ready() {
            return Err(Error::Closed);
        }
        let (lost, limit) = (self.lost(), self.threads * LOST_PER_THREAD);
        if lost >= limit {
            return Err(Error::TooManyLost { lost, limit });
        }
        let owner = spec.owner;
        let script = Prepared::new(spec)?;
        let job = Job::new(self.next_job.fetch_add(1, Ordering::Relaxed), owner, script, &self.hub);
        self.outstanding.fetch_add(1, Ordering::SeqCst);
        if let Err(error) = self.ensure_workers() {
            self.outstanding.fetch_sub(1, Ordering::SeqCst);
            return Err(error);
        }
        self.tally.submitted.fetch_add(1, Ordering::Relaxed);
        lock(&self.jobs).insert(job.id(), Arc::clone(&job));
        if self.queue.push(Arc::clone(&job)).is_err() {
            self.settle(&job, JobState::Queued, Outcome::Cancelled);
            return Err(Error::Closed);
        }
        if self.usable() == 0 {
            self.rescue_queued();
        }
        Ok(job)
    }

    /// Ends `job` if it still is in state `from`; says whether it was.
    pub(super) fn settle(&self, job: &Arc<Job>, from: JobState, outcome: Outcome) -> bool {
        let to = outcome.state();
        let settled = job.settle(from, outcome, || {
            self.outstanding.fetch_sub(1, Ordering::SeqCst);
            self.tally.count(to);
        });
        if settled {
            lock(&self.jobs).remove(&job.id());
            job.stream().end();
            let batching = self.hub.batch.load(Ordering::SeqCst) && self.queue.len() > self.usable();
            if job.wants_waking() && !batching {
                self.hub.event.notify();
            }
        }
        settled
    }

    /// Unfinished jobs, oldest first.
    pub(super) fn jobs(&self) -> Vec<Arc<Job>> {
        // A job ends a moment before its worker takes it off the list.
        let jobs = lock(&self.jobs);
        jobs.values().filter(|job| !job.is_done()).cloned().collect()
    }

    pub(super) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::SeqCst)
    }

    // --- workers ---

    pub(super) fn usable(&self) -> usize {
        self.usable.load(Ordering::SeqCst)
    }

    pub(super) fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }

    pub(super) fn workers(&self) -> Vec<Arc<Worker>> {
        lock(&self.workers).list.clone()
    }

    /// Creates workers while there are more jobs than workers and the limit allows. An error only when there is none at all:
    /// otherwise the jobs wait for those that exist.
    pub(super) fn ensure_workers(self: &Arc<Self>) -> Result<(), Error> {
        while self.outstanding() > self.usable() && self.usable() < self.threads {
            let mut workers = lock(&self.workers);
            if !is_ready() {
                return Err(Error::Closed);
            }
            if self.usable() >= self.threads {
                break;
            }
            workers.list.retain(|worker| {
                if worker.ended() {
                    worker.join();
                }
                !worker.ended()
            });
            self.usable.fetch_add(1, Ordering::SeqCst);
            workers.created += 1;
            match Worker::spawn(self, workers.created) {
                Ok(worker) => workers.list.push(worker),
                Err(error) => {
                    let left = self.usable.fetch_sub(1, Ordering::SeqCst) - 1;
                    return if left > 0 { Ok(()) } else { Err(error) };
                }
            }
        }
        Ok(())
    }

    /// The guest refused a new worker its context. Jobs that no other worker will take fail.
    pub(super) fn worker_failed(&self, why: &str) {
        if self.usable.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.fail_queued(&format!("no worker could start: {why}"));
        } else {
            self.hub
                .log(format!("ffi_zts: a worker could not start: {why}").as_bytes());
        }
    }

    /// A worker is given up; the caller then looks for a replacement.
    pub(super) fn worker_lost(&self) {
        self.usable.fetch_sub(1, Ordering::SeqCst);
        self.lost.fetch_add(1, Ordering::SeqCst);
    }

    /// A lost worker has come back: true when it is needed.
    pub(super) fn lost_worker_returned(&self) -> bool {
        self.lost.fetch_sub(1, Ordering::SeqCst);
        let room = |usable| (usable < self.threads).then_some(usable + 1);
        is_ready()
            && self
                .usable
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, room)
                .is_ok()
    }

    /// Queued jobs and perhaps nobody to take them: find someone, or fail them.
    pub(super) fn rescue_queued(self: &Arc<Self>) {
        if let Err(error) = self.ensure_workers() {
            self.fail_queued(&error.to_string());
        }
    }

    fn fail_queued(&self, why: &str) {
        while let Some(job) = self.queue.try_pop() {
            self.settle(&job, JobState::Queued, Outcome::NotStarted(why.into()));
        }
    }
}

/// Whether jobs are accepted.
pub(super) fn is_ready() -> bool {
    process_state() == VmState::Ready
}
