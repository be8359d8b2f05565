//! Stopping a job that somebody no longer wants.

use std::sync::Arc;

use super::HostSide;
use super::Outcome;
use super::engine::Engine;
use super::hub::Pass;
use super::job::Job;
use super::sys::fork;
use crate::core::stop::Stop;
use crate::core::waiter::{Wait, Waiter};
use crate::core::{Deadline, Error, JobState};

/// What became of a job that was to be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It did not start, or it stopped.
    Stopped,
    /// It did not stop by the deadline. Its worker serves again when the blocking call returns.
    Lost,
    /// It had ended by itself.
    AlreadyDone,
}

impl Engine {
    pub(super) fn cancel(
        self: &Arc<Self>,
        job: &Arc<Job>,
        deadline: Deadline,
        host: &mut dyn HostSide,
    ) -> Result<CancelOutcome, Error> {
        if job.is_done() {
            return Ok(CancelOutcome::AlreadyDone);
        }
        if self.settle(job, JobState::Queued, Outcome::cancelled()) {
            return Ok(CancelOutcome::Stopped);
        }
        job.request_stop();
        job.announce_wait();
        let mut host = Some(host);
        loop {
            let done = job.is_done();
            let pass = self.attend(&mut host)?;
            if done {
                return Ok(match job.state() {
                    JobState::Cancelled => CancelOutcome::Stopped,
                    JobState::Lost => CancelOutcome::Lost,
                    _ => CancelOutcome::AlreadyDone,
                });
            }
            if deadline.expired() {
                self.give_up(job);
                continue;
            }
            self.interrupt(job, deadline.demand());
            self.park_until(&|| job.is_done(), &job.lane, pass, deadline.again());
        }
    }

    /// [`Self::cancel`] for a guest thread, which delivers no output.
    pub(super) fn cancel_from_guest(
        self: &Arc<Self>,
        job: &Arc<Job>,
        deadline: Deadline,
        waiter: &mut dyn Waiter,
    ) -> CancelOutcome {
        if job.is_done() {
            return CancelOutcome::AlreadyDone;
        }
        if self.settle(job, JobState::Queued, Outcome::cancelled()) {
            return CancelOutcome::Stopped;
        }
        job.request_stop();
        let event = Arc::clone(waiter.event());
        job.watch(&event);
        while !job.is_done() && !deadline.expired() {
            self.interrupt(job, deadline.demand());
            if waiter.wait(&|| job.is_done(), Deadline::after(deadline.again())) == Wait::Interrupted {
                break;
            }
        }
        job.unwatch(&event);
        if deadline.expired() && !job.is_done() {
            self.give_up(job);
        }
        match job.state() {
            JobState::Cancelled => CancelOutcome::Stopped,
            // The caller is to stop itself before the job did.
            JobState::Lost | JobState::Running => CancelOutcome::Lost,
            _ => CancelOutcome::AlreadyDone,
        }
    }

    /// Stops all of `jobs` within the one deadline. A host that breaks off is not called again; the cancellation goes on.
    pub(super) fn cancel_all(
        self: &Arc<Self>,
        jobs: &[Arc<Job>],
        deadline: Deadline,
        host: &mut dyn HostSide,
    ) -> Result<(), Error> {
        for job in jobs {
            if !self.settle(job, JobState::Queued, Outcome::cancelled()) {
                job.request_stop();
                job.announce_wait();
            }
        }
        let all_done = || jobs.iter().all(|job| job.is_done());
        let mut host = Some(host);
        loop {
            let done = all_done();
            let pass = self.attend(&mut host)?;
            if done {
                return Ok(());
            }
            let left = jobs.iter().filter(|job| !job.is_done());
            if deadline.expired() {
                left.for_each(|job| self.give_up(job));
                continue;
            }
            left.for_each(|job| self.interrupt(job, deadline.demand()));
            self.park_until(&all_done, &self.main, pass, deadline.again());
        }
    }

    /// Delivers to the host and lets it look after itself; a host that breaks off is left alone from then on.
    ///
    /// # Errors
    /// PHP code that ran there has forked, and this is the child.
    pub(super) fn attend(&self, host: &mut Option<&mut dyn HostSide>) -> Result<Pass, Error> {
        let unattended = Pass {
            unattended: true,
            ..Pass::default()
        };
        let Some(side) = host.as_deref_mut() else {
            return Ok(unattended);
        };
        let attended = match self.hub.deliver(side) {
            std::ops::ControlFlow::Continue(pass) if side.poll().is_continue() => pass,
            _ => {
                *host = None;
                unattended
            }
        };
        if fork::in_child() {
            return Err(Error::Forked);
        }
        Ok(attended)
    }

    /// Asks whichever worker executes `job` to stop it.
    pub(super) fn interrupt(&self, job: &Job, level: Stop) {
        self.workers()
            .iter()
            .for_each(|worker| worker.interrupt(self, job, level));
    }

    /// Writes off `job` and its worker, unless it has just ended, and finds a replacement for the worker. From here on the
    /// [timekeeper](super::timekeeper) demands its end: code that nobody waits for must not run for ever.
    pub(super) fn give_up(self: &Arc<Self>, job: &Arc<Job>) {
        if self.workers().iter().any(|worker| worker.give_up(self, job)) {
            job.discard_output();
            self.interrupt(job, Stop::Bailout); // nobody may have come to ask: a deadline of 0
            self.boot.timekeeper.pursue(job);
            self.rescue_queued(&job.lane);
        }
    }
}
