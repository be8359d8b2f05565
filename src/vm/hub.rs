//! Where guest threads leave what the host's thread must fetch: output, log lines, and the wake-up.
//!
//! A worker does not wake the host for each `echo`. It lists its job when the buffer was empty, and nudges the event, which
//! wakes only a host that is parked and asked for it. See `wait.rs` for the host's pace.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::HostSide;
use super::config::ExtensionOpener;
use super::job::Job;
use super::stream::Watched;
use super::sys::fork;
use super::waiter;
use crate::core::event::{Event, lock};
use crate::core::log::LogQueue;
use crate::core::output::HIGH_WATER;

/// Bytes of log lines kept for a host that does not fetch them.
const LOG_CAPACITY: usize = 1 << 20;

/// One per VM.
pub(super) struct Hub {
    /// The host's: see `waiter.rs`.
    pub(super) event: Arc<Event>,
    pub(super) watched: Watched,
    pub(super) logs: LogQueue,
    /// The waiting host prefers to find many jobs done at once over being woken for each.
    pub(super) batch: AtomicBool,
    ready: Mutex<Vec<Arc<Job>>>,
    ready_len: AtomicUsize,
    /// The host has kept output that it could not give out yet.
    held: AtomicBool,
    spare: Mutex<Vec<u8>>,
    extensions: Option<ExtensionOpener>,
}

/// What a delivery came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pass {
    /// The host was given something.
    pub(super) delivered: bool,
    /// A job was left to the thread that is delivering it, or to the outer call on this thread, where the host keeps nothing.
    pub(super) busy: bool,
    /// There is no host to deliver to; what waits for it is no reason to stay awake.
    pub(super) unattended: bool,
}

impl Hub {
    pub(super) fn new(extensions: Option<ExtensionOpener>) -> Self {
        Self {
            event: Arc::clone(waiter::host_event()),
            watched: Watched::default(),
            logs: LogQueue::new(LOG_CAPACITY),
            batch: AtomicBool::new(false),
            ready: Mutex::default(),
            ready_len: AtomicUsize::new(0),
            held: AtomicBool::new(false),
            spare: Mutex::default(),
            extensions,
        }
    }

    /// A job that has something for the host.
    pub(super) fn list(&self, job: Arc<Job>) {
        let mut ready = lock(&self.ready);
        ready.push(job);
        self.ready_len.store(ready.len(), Ordering::SeqCst);
    }

    /// Whether there is something to deliver. Does not lock.
    pub(super) fn has_ready(&self) -> bool {
        self.ready_len.load(Ordering::SeqCst) > 0 || !self.logs.is_empty()
    }

    /// Whether something was delivered that the host has kept: who asks for a job that has ended gets it first.
    pub(super) fn has_held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }

    pub(super) fn log(&self, line: &[u8]) {
        if self.logs.push(line) {
            self.event.nudge();
        }
    }

    /// The file to open in place of this extension, or why there is none.
    pub(super) fn open_extension(&self, file: &Path) -> Result<PathBuf, String> {
        match &self.extensions {
            Some(open) => open(file),
            None => Err("extensions are loaded at boot only; name it in the option `extensions`".into()),
        }
    }

    /// Hands everything that waits to `host`, once round: output of every job in the order of its writing, log lines.
    pub(super) fn deliver(&self, host: &mut dyn HostSide) -> ControlFlow<(), Pass> {
        let flow = self.deliver_all(host);
        self.held.store(host.has_held(), Ordering::SeqCst);
        flow
    }

    fn deliver_all(&self, host: &mut dyn HostSide) -> ControlFlow<(), Pass> {
        self.watched.looked();
        let mut pass = Pass::default();
        if host.has_held() && !host.holds_back() {
            pass.delivered = true;
            unless_forked(host.give_out())?;
        }
        while let Some(line) = self.logs.pop() {
            pass.delivered = true;
            unless_forked(host.log(&line))?;
        }
        if self.ready_len.load(Ordering::SeqCst) == 0 {
            return ControlFlow::Continue(pass);
        }
        let mut round = Round {
            hub: self,
            jobs: self.take_ready(),
            spare: std::mem::take(&mut *lock(&self.spare)),
        };
        let mut postponed = Vec::new();
        while let Some(job) = round.jobs.pop() {
            match job.deliver(host, &mut round.spare) {
                None => postponed.push(job),
                Some(flow) => {
                    pass.delivered = true;
                    unless_forked(flow)?;
                }
            }
        }
        pass.busy = !postponed.is_empty();
        round.jobs = postponed;
        ControlFlow::Continue(pass)
    }

    /// The ready jobs, the longest waiting last.
    fn take_ready(&self) -> Vec<Arc<Job>> {
        let mut ready = lock(&self.ready);
        self.ready_len.store(0, Ordering::SeqCst);
        let mut jobs = std::mem::take(&mut *ready);
        jobs.reverse();
        jobs
    }
}

/// What the host was told may have made it fork: in the child the delivery ends there, before the next lock.
fn unless_forked(flow: ControlFlow<()>) -> ControlFlow<()> {
    if fork::in_child() { ControlFlow::Break(()) } else { flow }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub")
            .field("event", &self.event)
            .field("ready_len", &self.ready_len)
            .finish_non_exhaustive()
    }
}

/// One delivery: what it does not get to, however it ends, goes back to the front of the list.
struct Round<'h> {
    hub: &'h Hub,
    jobs: Vec<Arc<Job>>,
    spare: Vec<u8>,
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        if fork::in_child() {
            return; // a worker that is not here may hold the locks
        }
        if !self.jobs.is_empty() {
            self.jobs.reverse();
            let mut ready = lock(&self.hub.ready);
            self.jobs.append(&mut ready);
            *ready = std::mem::take(&mut self.jobs);
            self.hub.ready_len.store(ready.len(), Ordering::SeqCst);
        }
        if self.spare.capacity() <= HIGH_WATER {
            self.spare.clear();
            *lock(&self.hub.spare) = std::mem::take(&mut self.spare);
        }
    }
}
