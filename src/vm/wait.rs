//! The host's thread at a wait: it spins, then parks in slices, and delivers output all the while.
//!
//! # Pace
//! - *Eager*: parked up to 50 ms; the first output of any job, a full buffer or the awaited end wake it.
//! - *Steady*, after output was delivered: parked 1 ms at a time, so that a chatty job is not slowed by wake-ups.
//! - *Batch*, while more jobs are queued than there are workers: parked 1 ms, and ends of jobs do not wake it: the workers
//!   have enough to do, and waking for each job would take their processors.
//!
//! # Forks
//! Whatever is delivered, and every look at the host's own affairs, may run PHP code, and that may fork. In the child the wait ends
//! there ([`Wait::Forked`]): what it waits for does not happen in this process, and a lock may be a thread's that is not there.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::HostSide;
use super::engine::Engine;
use super::hub::Pass;
use super::job::Job;
use super::lane::Lane;
use super::sys::fork;
use crate::core::Deadline;
use crate::core::waiter::Wait;

/// Longest time between two looks at the host's own affairs.
pub(super) const SLICE: Duration = Duration::from_millis(50);
/// Time between two deliveries of a chatty job.
const STEADY: Duration = Duration::from_millis(1);
/// Looks between two looks at the clock.
const LOOKS: u32 = 64;

impl Engine {
    pub(super) fn wait(&self, job: &Arc<Job>, deadline: Deadline, host: &mut dyn HostSide) -> Wait {
        job.announce_wait();
        self.spin_for(job);
        loop {
            let done = job.is_done();
            let delivered = self.hub.deliver(host);
            if fork::in_child() {
                return Wait::Forked;
            }
            let ControlFlow::Continue(mut pass) = delivered else {
                return Wait::Interrupted;
            };
            let elsewhere = job.delivered_elsewhere();
            if done && !elsewhere {
                job.stream().end(); // the worker may still be on its way to it
                return Wait::Done;
            }
            let polled = host.poll();
            if fork::in_child() {
                return Wait::Forked;
            }
            if polled.is_break() {
                return Wait::Interrupted;
            }
            if deadline.expired() {
                return Wait::TimedOut;
            }
            pass.busy |= elsewhere;
            self.park_until(
                &|| job.is_done() && !job.delivered_elsewhere(),
                &job.lane,
                pass,
                deadline.slice(SLICE),
            );
        }
    }

    /// Sleeps until there is something to do, for at most `limit`; `lane` is where what is waited for happens.
    pub(super) fn park_until(&self, done: &dyn Fn() -> bool, lane: &Lane, pass: Pass, limit: Duration) {
        let event = &self.hub.event;
        let many = || lane.queue.len() > lane.usable();
        if many() {
            self.hub.batch.store(true, Ordering::SeqCst);
            let ticket = event.ticket();
            if !done() && many() {
                let _ = ticket.park(limit.min(STEADY));
            }
            self.hub.batch.store(false, Ordering::SeqCst);
        } else if pass.delivered || pass.busy {
            let ticket = event.ticket();
            if !done() {
                let _ = ticket.park(limit.min(STEADY));
            }
        } else {
            event.arm();
            let ticket = event.ticket();
            if !done() && (pass.unattended || !self.hub.has_ready()) {
                let _ = ticket.park(limit);
            }
        }
    }

    /// Looks for the job's end for a moment, where a processor is free for that.
    fn spin_for(&self, job: &Job) {
        if self.outstanding().min(job.lane.usable()) >= self.processors {
            return;
        }
        let start = Instant::now();
        while start.elapsed() < self.spin {
            for _ in 0..LOOKS {
                if job.is_done() {
                    return;
                }
                std::hint::spin_loop();
            }
            std::thread::yield_now(); // the worker may be waiting for this very processor
        }
    }
}
