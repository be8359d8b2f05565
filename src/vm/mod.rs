//! The engine: boots a guest on threads of its own and runs jobs there. It knows no PHP but the bridge.
//!
//! # Threads
//! The *host's thread* calls [`Vm`]; nothing else ever calls the [`HostSide`]. The *boot thread* opens libphp, starts the
//! guest and parks until the shutdown. *Workers* execute jobs. Guest threads reach the host's thread only through the hub.
//!
//! # Unsafe code
//! Lives in `sys/` (the operating system), `open.rs` (libraries), `guest.rs` and `callbacks.rs` (the bridge, one way each).

mod boot;
mod callbacks;
mod cancel;
mod completions;
mod config;
mod engine;
mod exchange;
mod guest;
mod heard;
mod host_side;
mod hub;
mod info;
mod job;
mod lane;
mod open;
pub mod preflight;
mod probe;
mod script;
mod shutdown;
mod stream;
mod surroundings;
mod sys;
pub mod time_zones;
mod timekeeper;
mod wait;
mod waiter;
mod worker;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use crate::core::waiter::Wait;
pub use boot::process_state;
pub use callbacks::panic_text;
pub use cancel::CancelOutcome;
pub use config::{BootConfig, Expected, ExtensionOpener};
pub use exchange::{HostCall, host_table, request_begins};
pub use guest::{GuestInfo, OpcacheInfo};
pub use host_side::{HostSide, Nobody};
pub use info::{JobCounts, VmInfo, WorkerInfo};
pub use job::Job;
pub use lane::{LaneKind, LaneSpec};
pub use open::Refused;
pub use probe::{Rehearsed, probe, rehearse};
pub use script::{ScriptMode, ScriptSpec, present_directory, present_umask};
pub use shutdown::{ShutdownLimits, ShutdownMode, ShutdownReport, Straggler};
pub use surroundings::Surroundings;
pub use worker::WorkerState;

use crate::bridge::message::{Content, Owned};
use crate::core::{Deadline, Error};
use engine::Engine;
use script::Prepared;
use sys::fork;

/// How a job ended.
pub type Outcome = crate::core::Outcome<Content>;

/// Notes the descriptors that the process was started with: those that children of jobs may have. To be called before anything
/// opens files.
pub fn note_descriptors() {
    let _ = sys::descriptors::inherited();
}

/// The booted guest of this process. Clones are the same VM; dropping them all does not end it, [`Vm::shutdown`] does.
///
/// In the child of a `fork()` every call fails with [`Error::Forked`] at once, without taking a lock; so does the call in which the
/// host's side has forked.
#[derive(Clone, Debug)]
pub struct Vm {
    engine: Arc<Engine>,
}

impl Vm {
    /// Boots the guest: creates the boot thread, opens the libraries, starts the modules. Blocks until that is done.
    ///
    /// Signal dispositions (but `SIGRTMIN`), locale, umask and working directory are afterwards as they were before.
    ///
    /// # Errors
    /// Names the step that failed. A boot that failed before the guest's own code ran may be tried again; a process whose
    /// guest has started, or failed to, cannot boot another.
    pub fn boot(config: BootConfig) -> Result<Self, Error> {
        boot::boot(config)
    }

    /// This process's VM, if it has booted and is not down.
    ///
    /// # Errors
    /// In the child of a fork.
    pub fn current() -> Result<Option<Self>, Error> {
        if fork::in_child() {
            Err(Error::Forked)
        } else {
            Ok(boot::current())
        }
    }

    /// Queues a script. A worker is created when all are busy and there are fewer than `threads`.
    ///
    /// # Errors
    /// The VM takes no more jobs; the script cannot be handed over; there is no worker and none can be created; too many
    /// workers are lost.
    pub fn submit(&self, spec: ScriptSpec) -> Result<Arc<Job>, Error> {
        self.engine()?.submit(spec)
    }

    /// Queues a script that starts in surroundings which are there already, under a number of its own.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn submit_inside(
        &self,
        surroundings: &Surroundings,
        as_cli: bool,
        mode: ScriptMode,
        script: Vec<u8>,
        argv: Vec<Vec<u8>>,
    ) -> Result<Arc<Job>, Error> {
        let own = Arc::new(surroundings.again(as_cli));
        self.engine()?.submit_script(Prepared::inside(own, mode, script, argv)?)
    }

    /// Queues a task for any free worker: `message` is what to call and its arguments, as `zend/wire.h` has it.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub fn submit_task(&self, message: Owned, surroundings: &Arc<Surroundings>) -> Result<Arc<Job>, Error> {
        let engine = self.engine()?;
        let task = job::Task {
            items: 0,
            code: None,
            message: Some(message),
        };
        engine.submit_task(Arc::clone(&engine.main), task, Arc::clone(surroundings), None)
    }

    /// What jobs of this description start in, to be shared by many tasks.
    ///
    /// # Errors
    /// A string holds a NUL byte.
    pub fn surroundings(spec: ScriptSpec) -> Result<Arc<Surroundings>, Error> {
        script::surroundings(spec).map(Arc::new)
    }

    /// Ends the requests that workers keep for tasks, and waits until they have ended: what a task has put into a static variable
    /// (a channel with a name) is not to be met by the next request of the host. What destructors do after half of the time is
    /// broken off.
    pub fn end_requests(&self, deadline: Deadline, host: &mut dyn HostSide) {
        self.engine.end_requests(deadline, host);
    }

    /// Waits for `job` and meanwhile delivers the output of every job to `host`. When it returns [`Wait::Done`], all output
    /// of `job` has been delivered.
    ///
    /// # Errors
    /// In the child of a fork.
    pub fn wait(&self, job: &Arc<Job>, deadline: Deadline, host: &mut dyn HostSide) -> Result<Wait, Error> {
        match self.engine()?.wait(job, deadline, host) {
            Wait::Forked => Err(Error::Forked),
            ended => Ok(ended),
        }
    }

    /// Delivers what waits for delivery, of all jobs, without waiting.
    pub fn drain(&self, host: &mut dyn HostSide) -> ControlFlow<()> {
        match self.engine() {
            Ok(engine) => engine.hub.deliver(host).map_continue(drop),
            Err(_) => ControlFlow::Continue(()),
        }
    }

    /// Stops `job`: a queued one at once, a running one by unwinding it, after half of the time by a bailout. Returns by the
    /// deadline. A host side that breaks off is not called again; the cancellation goes on.
    ///
    /// # Errors
    /// In the child of a fork.
    pub fn cancel(&self, job: &Arc<Job>, deadline: Deadline, host: &mut dyn HostSide) -> Result<CancelOutcome, Error> {
        self.engine()?.cancel(job, deadline, host)
    }

    /// Stops all of `jobs` within one deadline; those that do not stop are lost.
    ///
    /// # Errors
    /// In the child of a fork.
    pub fn cancel_all(&self, jobs: &[Arc<Job>], deadline: Deadline, host: &mut dyn HostSide) -> Result<(), Error> {
        self.engine()?.cancel_all(jobs, deadline, host)
    }

    /// Ends the VM: no more jobs, queued ones are cancelled, running ones are treated as `mode` says, threads are joined,
    /// the guest shuts its modules down, all within `limits`. May be called again after stragglers.
    ///
    /// # Errors
    /// In the child of a fork; another shutdown is under way.
    pub fn shutdown(
        &self,
        mode: ShutdownMode,
        limits: ShutdownLimits,
        host: Option<&mut dyn HostSide>,
    ) -> Result<ShutdownReport, Error> {
        self.engine()?.shutdown(mode, limits, host)
    }

    /// The timeout that the boot configuration named for shutdowns.
    #[must_use]
    pub fn shutdown_timeout(&self) -> Duration {
        self.engine.shutdown_timeout
    }

    /// Unfinished jobs of `owner`, oldest first.
    ///
    /// # Errors
    /// In the child of a fork.
    pub fn jobs_of(&self, owner: u64) -> Result<Vec<Arc<Job>>, Error> {
        let mut jobs = self.engine()?.jobs();
        jobs.retain(|job| job.owner() == owner);
        Ok(jobs)
    }

    /// A snapshot for people and tests.
    ///
    /// # Errors
    /// In the child of a fork.
    pub fn info(&self) -> Result<VmInfo, Error> {
        Ok(self.engine()?.info())
    }

    fn engine(&self) -> Result<&Arc<Engine>, Error> {
        if fork::in_child() {
            Err(Error::Forked)
        } else {
            Ok(&self.engine)
        }
    }
}

/// A number of the calling thread, never 0.
fn thread_key() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local!(static KEY: Cell<u64> = const { Cell::new(0) });
    KEY.with(|key| {
        if key.get() == 0 {
            key.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        key.get()
    })
}
