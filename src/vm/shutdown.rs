//! The end of a VM: no more jobs, every thread joined to a deadline, then the guest's own shutdown.

use std::sync::{Arc, TryLockError};
use std::time::Duration;

use super::HostSide;
use super::Outcome;
use super::boot::begin_draining;
use super::engine::Engine;
use super::process_state;
use super::worker::Worker;
use crate::core::stop::{REPEAT, Stop};
use crate::core::{Deadline, Error, JobState, VmState};

/// What happens to the jobs that run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShutdownMode {
    /// They are stopped at once.
    Interrupt,
    /// They may end by themselves; what still runs near the end of the timeout (half of it, at most one second before) is
    /// stopped.
    Drain,
}

/// What a shutdown came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShutdownReport {
    /// Jobs that were cancelled because they had not started.
    pub cancelled: usize,
    /// Threads that did not end. While there are any, nothing is torn down, and the process ends without destructors.
    pub stragglers: Vec<Straggler>,
}

/// A thread that did not end by the deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Straggler {
    /// Name of the thread.
    pub name: String,
    /// Kernel thread id, where known.
    pub tid: i32,
    /// Number of the job that it was executing.
    pub job: Option<u64>,
}

/// How long a shutdown may take; both are counted from its begin.
#[derive(Clone, Copy, Debug)]
pub struct ShutdownLimits {
    /// Until the last worker has ended.
    pub workers: Duration,
    /// Until the guest has shut itself down, too.
    pub all: Duration,
}

impl ShutdownLimits {
    /// `timeout` for the workers, and in any case half a second more for the guest's own shutdown.
    #[must_use]
    pub const fn within(timeout: Duration) -> Self {
        Self {
            workers: timeout,
            all: timeout.saturating_add(Duration::from_millis(500)),
        }
    }
}

impl Engine {
    pub(super) fn shutdown(
        self: &Arc<Self>,
        mode: ShutdownMode,
        limits: ShutdownLimits,
        mut host: Option<&mut dyn HostSide>,
    ) -> Result<ShutdownReport, Error> {
        if process_state() == VmState::Down {
            return Ok(ShutdownReport::default());
        }
        let _one = match self.shutting_down.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(guard)) => guard.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(Error::State("a shutdown is under way already".into())),
        };
        begin_draining();
        let queued: Vec<_> = self.all_lanes().iter().flat_map(|lane| lane.queue.close()).collect();
        let cancelled = queued
            .iter()
            .filter(|job| self.settle(job, JobState::Queued, Outcome::cancelled()))
            .count();
        self.spares.close();
        let timeout = limits.workers;
        let (deadline, last) = (Deadline::after(timeout), Deadline::after(limits.all));
        let grace = match mode {
            ShutdownMode::Interrupt => Duration::ZERO,
            ShutdownMode::Drain => timeout.saturating_sub((timeout / 2).min(Duration::from_secs(1))),
        };
        let mut stragglers = self.stop_workers(deadline, Deadline::after(grace), &mut host)?;
        if stragglers.is_empty() {
            stragglers = self.stop_guest(last, &mut host)?;
        }
        self.attend(&mut host)?;
        Ok(ShutdownReport { cancelled, stragglers })
    }

    /// Joins the workers, stopping their jobs once `grace` is over. Returns those that are left at the deadline.
    fn stop_workers(
        self: &Arc<Self>,
        deadline: Deadline,
        grace: Deadline,
        host: &mut Option<&mut dyn HostSide>,
    ) -> Result<Vec<Straggler>, Error> {
        let workers = self.workers();
        let all_ended = || workers.iter().all(|worker| worker.ended());
        let mut stopping: Option<Deadline> = None;
        while !all_ended() && !deadline.expired() {
            if grace.expired() {
                let since = stopping.get_or_insert_with(|| Deadline::after(deadline.slice(Duration::MAX)));
                for worker in &workers {
                    self.stop_job(worker, since.demand());
                }
            }
            let pass = self.attend(host)?;
            self.park_until(&all_ended, &self.main, pass, deadline.slice(REPEAT));
        }
        workers
            .iter()
            .filter(|worker| worker.ended())
            .for_each(|worker| worker.join());
        let left = workers.iter().filter(|worker| !worker.ended());
        Ok(left.map(|worker| self.abandon(worker)).collect())
    }

    fn stop_job(&self, worker: &Worker, level: Stop) {
        if let Some(job) = worker.job() {
            job.request_stop();
            worker.interrupt(self, &job, level);
        }
    }

    fn abandon(self: &Arc<Self>, worker: &Worker) -> Straggler {
        let job = worker.job();
        if let Some(job) = &job
            && worker.give_up(self, job)
        {
            job.discard_output();
        }
        Straggler {
            name: worker.name.clone(),
            tid: worker.tid(),
            job: job.map(|job| job.id()),
        }
    }

    /// Has the boot thread shut the guest down.
    fn stop_guest(&self, deadline: Deadline, host: &mut Option<&mut dyn HostSide>) -> Result<Vec<Straggler>, Error> {
        self.boot.begin_shutdown();
        while !self.boot.ended() {
            if deadline.expired() {
                return Ok(vec![Straggler {
                    name: "ffi_zts-boot".into(),
                    tid: 0,
                    job: None,
                }]);
            }
            let pass = self.attend(host)?;
            self.park_until(&|| self.boot.ended(), &self.main, pass, deadline.slice(REPEAT));
        }
        self.boot.finish_shutdown()?;
        Ok(Vec::new())
    }
}
