//! What a VM tells about itself.

use std::sync::atomic::{AtomicU64, Ordering};

use super::engine::Engine;
use super::guest::{GuestInfo, OpcacheInfo};
use super::open::Refused;
use super::process_state;
use super::worker::WorkerState;
use crate::core::{JobState, VmState};

/// A snapshot of a VM.
#[derive(Clone, Debug)]
pub struct VmInfo {
    /// Present state.
    pub state: VmState,
    /// Process that the guest's threads belong to.
    pub pid: u32,
    /// Most workers at a time.
    pub threads: usize,
    /// Workers that take jobs.
    pub usable: usize,
    /// Workers that hang in a job which was given up.
    pub lost: usize,
    /// The guest.
    pub guest: GuestInfo,
    /// Extensions of the host that it has to do without.
    pub refused: Vec<Refused>,
    /// Its opcache.
    pub opcache: OpcacheInfo,
    /// Worker threads that exist.
    pub workers: Vec<WorkerInfo>,
    /// Jobs so far.
    pub jobs: JobCounts,
}

/// A snapshot of a worker.
#[derive(Clone, Debug)]
pub struct WorkerInfo {
    /// Name of the thread.
    pub name: String,
    /// Kernel thread id; 0 before the thread has come up.
    pub tid: i32,
    /// What it does.
    pub state: WorkerState,
    /// Jobs that it has finished.
    pub done: u64,
    /// Number of the job that it executes.
    pub job: Option<u64>,
}

/// Numbers of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Accepted.
    pub submitted: u64,
    /// Not ended yet: queued or running.
    pub unfinished: u64,
    /// Ended as [`JobState::Done`].
    pub done: u64,
    /// Ended as [`JobState::Failed`].
    pub failed: u64,
    /// Ended as [`JobState::Cancelled`].
    pub cancelled: u64,
    /// Ended as [`JobState::Lost`].
    pub lost: u64,
}

/// Running totals.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) submitted: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
    cancelled: AtomicU64,
    lost: AtomicU64,
}

impl Tally {
    pub(super) fn count(&self, state: JobState) {
        let counter = match state {
            JobState::Done => &self.done,
            JobState::Failed => &self.failed,
            JobState::Cancelled => &self.cancelled,
            JobState::Lost => &self.lost,
            JobState::Queued | JobState::Running => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn counts(&self, unfinished: usize) -> JobCounts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        JobCounts {
            submitted: of(&self.submitted),
            unfinished: unfinished as u64,
            done: of(&self.done),
            failed: of(&self.failed),
            cancelled: of(&self.cancelled),
            lost: of(&self.lost),
        }
    }
}

impl Engine {
    pub(super) fn info(&self) -> VmInfo {
        let alive = self.workers().into_iter().filter(|worker| !worker.ended());
        let workers = alive.map(|worker| WorkerInfo {
            name: worker.name.clone(),
            tid: worker.tid(),
            state: worker.state(),
            done: worker.done.load(Ordering::Relaxed),
            job: worker.job().map(|job| job.id()),
        });
        VmInfo {
            state: process_state(),
            pid: std::process::id(),
            threads: self.main.spec.size,
            usable: self.main.usable(),
            lost: self.lost(),
            guest: self.guest.info(),
            refused: self.refused.clone(),
            opcache: self.guest.opcache(),
            workers: workers.collect(),
            jobs: self.tally.counts(self.outstanding()),
        }
    }
}
