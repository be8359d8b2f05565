//! A worker: a thread of its own, a context in the guest, one job after the other.
//!
//! ```text
//! Starting ─► Idle ◄─► Running ─► Lost ─► (back to service, or) Ended
//!     │        ▲│         │
//!     │   Spare ◄─────────┤
//!     └────────► Ended ◄──┘
//! ```
//!
//! It serves one lane until that ends. Most of a thread's cost is its context: a worker that did nothing but what it was asked
//! to then waits for a moment, as a *spare*, for the next lane. What a new thread would not have is gone by then.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::engine::{Engine, is_ready};
use super::guest::{WorkerCell, WorkerThread};
use super::job::{Job, Task, Work};
use super::lane::{Blocked, Lane};
use super::script::Prepared;
use super::sys::heritage::Heritage;
use super::sys::{arena, exit, signal, thread};
use super::{Outcome, callbacks, waiter};
use crate::core::ceiling::{Share, THREADS};
use crate::core::event::{Event, lock};
use crate::core::outcome::Came;
use crate::core::queue::Popped;
use crate::core::stop::{Stop, Stopped};
use crate::core::{Error, JobState};

/// What PHP allocates for the context of a thread, in bytes.
const CONTEXT_DATA: usize = 512 << 10;

/// What a worker is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerState {
    /// The thread gets its context in the guest.
    Starting,
    /// Waits for a job.
    Idle,
    /// Executes a job.
    Running,
    /// Executes a job that everybody has given up on.
    Lost,
    /// Its lane has ended; it waits for another one.
    Spare,
    /// The thread is over, or about to be.
    Ended,
}

/// A worker as other threads see it.
#[derive(Debug)]
pub(super) struct Worker {
    number: u64,
    pub(super) name: String,
    cell: Arc<WorkerCell>,
    /// What the thread parks on in the middle of a job; see `waiter.rs`.
    event: OnceLock<Arc<Event>>,
    tid: AtomicI32,
    ended: AtomicBool,
    pub(super) done: AtomicU64,
    /// The bootstrap file that it has run for scripts; only the worker's own thread looks.
    bootstrapped: Mutex<Option<CString>>,
    /// Tasks of the present request; only the worker's own thread looks.
    tasks: AtomicU64,
    /// It may have a request that it keeps for tasks.
    keeps: AtomicBool,
    /// Something was broken off here by force, or failed in the engine: no other lane gets this context.
    worn: AtomicBool,
    /// Interrupts are sent under this lock, and only to the job that they are meant for.
    current: Mutex<Current>,
    handle: Mutex<Option<JoinHandle<()>>>,
    /// Its part of the ceiling, until the thread ends.
    share: Mutex<Option<Share>>,
}

#[derive(Debug, Default)]
struct Current {
    started: bool,
    /// The lane that it serves; a spare has none.
    lane: Option<Arc<Lane>>,
    job: Option<Arc<Job>>,
    lost: bool,
}

impl Worker {
    /// Creates the thread. It comes up on its own; a context that the guest refuses is told to [`Engine::worker_failed`].
    pub(super) fn spawn(engine: &Arc<Engine>, lane: &Arc<Lane>, number: u64) -> Result<Arc<Self>, Error> {
        let share = THREADS.take(1)?;
        let worker = Arc::new(Self {
            number,
            name: format!("ffi_zts-w{number}"),
            cell: WorkerCell::new(),
            event: OnceLock::new(),
            tid: AtomicI32::new(0),
            ended: AtomicBool::new(false),
            done: AtomicU64::new(0),
            bootstrapped: Mutex::new(None),
            tasks: AtomicU64::new(0),
            keeps: AtomicBool::new(false),
            worn: AtomicBool::new(false),
            current: Mutex::new(Current {
                lane: Some(Arc::clone(lane)),
                ..Current::default()
            }),
            handle: Mutex::new(None),
            share: Mutex::new(Some(share)),
        });
        let (mine, engine, lane) = (Arc::clone(&worker), Arc::clone(engine), Arc::clone(lane));
        let handle = spawn_masked(&worker.name, engine.stack_size, move || mine.live(&engine, lane))?;
        *lock(&worker.handle) = Some(handle);
        Ok(worker)
    }

    /// The whole life of the thread.
    fn live(self: Arc<Self>, engine: &Arc<Engine>, mut lane: Arc<Lane>) {
        let _end = End(&self, engine);
        CURRENT.set(Some((Arc::clone(engine), Arc::clone(&self))));
        let _ = self.event.set(waiter::own_event());
        self.cell.0.own_fs.store(thread::unshare_fs().into(), Ordering::SeqCst);
        self.tid.store(thread::id(), Ordering::SeqCst);
        arena::make_room(CONTEXT_DATA);
        let context = match WorkerThread::start(engine.guest, &self.cell) {
            Ok(context) => context,
            Err(why) => return engine.worker_failed(&lane, &why),
        };
        lock(&self.current).started = true;
        loop {
            self.serve(engine, &context, &lane);
            match self.wait_for_lane(engine, &context, lane) {
                Some(next) => lane = next,
                None => break,
            }
        }
    }

    /// Executes the jobs of a lane until it is closed, or has workers enough without this one.
    fn serve(&self, engine: &Arc<Engine>, context: &WorkerThread, lane: &Arc<Lane>) {
        let mut pokes = 0;
        loop {
            match lane.queue.pop(engine.spin, &mut pokes, |job| self.claim(job)) {
                Popped::Item(job) => {
                    lane.notify();
                    if !self.perform(engine, context, &job) {
                        break;
                    }
                    drop(job);
                    if lane.worker_is_surplus() {
                        break;
                    }
                }
                // A restart of opcache's memory, or the end of the host's request, waits until no request is left.
                Popped::Poked => {
                    self.end_request(context);
                    engine.hub.event.notify();
                }
                Popped::Closed => break,
            }
        }
        self.end_request(context);
    }

    /// Leaves `lane` and waits for another one, as a spare. None: there is none, the thread is to end.
    fn wait_for_lane(&self, engine: &Arc<Engine>, context: &WorkerThread, lane: Arc<Lane>) -> Option<Arc<Lane>> {
        // Without a file-system context of its own the thread would hand the host's umask on, and who reads it changes it.
        let own_fs = self.cell.0.own_fs.load(Ordering::SeqCst) != 0;
        if !engine.spares.has_room() || self.worn.load(Ordering::SeqCst) || !own_fs || !context.renew() {
            return None;
        }
        let seat = engine.spares.sit(Heritage::of_this_thread()?)?;
        self.tasks.store(0, Ordering::Relaxed);
        *lock(&self.bootstrapped) = None;
        lock(&self.current).lane = None;
        lane.notify();
        engine.hub.event.notify();
        drop(lane);
        let next = seat.wait(engine.spin, SPARE_TIME)?;
        lock(&self.current).lane = Some(Arc::clone(&next));
        Some(next)
    }

    fn end_request(&self, context: &WorkerThread) {
        context.end_request();
        let current = lock(&self.current);
        self.keeps.store(false, Ordering::SeqCst);
        if current.job.is_none() {
            self.forget_stop(); // of interrupt_end()
        }
    }

    /// Under the lock of `current`, below which alone it is set.
    fn forget_stop(&self) {
        if self.cell.0.stop.load(Ordering::SeqCst) != 0 {
            self.cell.0.stop.store(0, Ordering::SeqCst);
        }
    }

    /// Breaks off what the end of the request for tasks runs: destructors, shutdown functions.
    pub(super) fn interrupt_end(&self, engine: &Engine) {
        let current = lock(&self.current);
        if current.job.is_none() && self.keeps.load(Ordering::SeqCst) {
            self.stop(engine, Stop::Bailout);
        }
    }

    /// Whether it may have a request that it keeps for tasks; one that is lost ends it when it comes back.
    pub(super) fn keeps_request(&self) -> bool {
        self.keeps.load(Ordering::SeqCst) && !self.ended() && !lock(&self.current).lost
    }

    /// From here on the job is this worker's.
    fn claim(&self, job: &Arc<Job>) {
        let mut current = lock(&self.current);
        self.forget_stop(); // what interrupt_end() asked for is not meant for this job
        current.job = Some(Arc::clone(job));
    }

    /// Executes a job that it has claimed. False: the worker is surplus.
    fn perform(&self, engine: &Arc<Engine>, context: &WorkerThread, job: &Arc<Job>) -> bool {
        if !is_ready() {
            engine.settle(job, JobState::Queued, Outcome::cancelled());
        }
        if !job.start(self.number) {
            lock(&self.current).job = None;
            return true; // cancelled while it waited
        }
        if let Some(limit) = job.limit() {
            engine.boot.timekeeper.watch(job, limit);
        }
        let outcome = self.execute(context, job);
        if matches!(
            outcome,
            Outcome::Fatal { .. }
                | Outcome::NotStarted(_)
                | Outcome::Stopped {
                    came: Some(Came::Fatal(_)),
                    ..
                }
        ) {
            self.worn.store(true, Ordering::SeqCst);
        }
        let lost = {
            let mut current = lock(&self.current);
            current.job = None;
            self.forget_stop();
            std::mem::take(&mut current.lost)
        };
        self.done.fetch_add(1, Ordering::Relaxed);
        engine.settle(job, JobState::Running, outcome);
        !lost || engine.lost_worker_returned(&job.lane)
    }

    fn execute(&self, context: &WorkerThread, job: &Arc<Job>) -> Outcome {
        // A request for tasks that the job cannot use is another's to the end.
        if self.keeps.load(Ordering::SeqCst) && OWNER.get() != Some(job.owner()) {
            self.end_request(context);
        }
        OWNER.set(Some(job.owner()));
        match job.take_work() {
            Some(Work::Script(script)) => {
                self.end_request(context);
                self.execute_script(context, job, &script)
            }
            Some(Work::Task(task)) => self.execute_task(context, job, task),
            None => Outcome::NotStarted("the job has nothing to do".into()),
        }
    }

    /// Runs the job's script, before the first one the bootstrap file, and puts the outcome together.
    fn execute_script(&self, context: &WorkerThread, job: &Arc<Job>, script: &Prepared) -> Outcome {
        // Requests of the host may have one each.
        let is_new = script.bootstrap_name() != lock(&self.bootstrapped).as_deref();
        if is_new && let Some(bootstrap) = script.bootstrap() {
            let status = match guarded(|| context.run_script(&bootstrap, Arc::as_ptr(job).cast_mut().cast())) {
                Ok(status) => status,
                Err(why) => return Outcome::NotStarted(format!("bootstrap: {why}")),
            };
            if !job.bootstrap_succeeded() || self.cell.0.stop.load(Ordering::SeqCst) != 0 {
                return job.finish(status);
            }
            *lock(&self.bootstrapped) = script.bootstrap_name().map(CStr::to_owned);
        }
        guarded(|| context.run_script(script, Arc::as_ptr(job).cast_mut().cast()))
            .map_or_else(Outcome::NotStarted, |status| job.finish(status))
    }

    /// Calls what the job says, in the request that is there for that.
    fn execute_task(&self, context: &WorkerThread, job: &Arc<Job>, task: Task) -> Outcome {
        let spec = &job.lane.spec;
        let before = self.tasks.load(Ordering::Relaxed);
        let is_map = task.items > 0;
        // Each item of a map is a task.
        let allowance = spec.max_tasks.saturating_sub(before);
        if allowance > 0 && is_map {
            job.items().allow(allowance);
        }
        if !self.keeps.load(Ordering::SeqCst) {
            self.keeps.store(true, Ordering::SeqCst); // only this thread writes it
        }
        let ended = guarded(|| context.run_task(task, job.surroundings(), job, spec.max_memory, allowance));
        let calls = if is_map {
            job.items().limit_and_begun().1.into()
        } else {
            1
        };
        let tasks = if allowance > 0 && calls >= allowance {
            0
        } else {
            before + calls
        };
        self.tasks.store(tasks, Ordering::Relaxed);
        ended.map_or_else(Outcome::NotStarted, |status| job.finish(status))
    }

    /// Asks the worker to stop `job`, if that is what it executes.
    pub(super) fn interrupt(&self, engine: &Engine, job: &Job, level: Stop) {
        let current = lock(&self.current);
        if current.job.as_ref().is_none_or(|running| running.id() != job.id()) {
            return;
        }
        self.stop(engine, level);
        job.cut_output();
    }

    /// The same for a lost job, again and again, and so without a signal: after one php-src goes on with a call of its network code,
    /// and with the whole of its time limit. False: the worker does not execute it.
    pub(super) fn demand_end(&self, engine: &Engine, job: &Job) -> bool {
        let current = lock(&self.current);
        let mine = current.job.as_ref().is_some_and(|running| running.id() == job.id());
        if mine {
            self.demand(engine, Stop::Bailout);
        }
        mine
    }

    /// Under the lock of `current`: a call that blocks ends, too.
    fn stop(&self, engine: &Engine, level: Stop) {
        self.demand(engine, level);
        let cell = &self.cell.0;
        if cell.running.load(Ordering::SeqCst) == 1 && signal::wake_signal_is_handled() {
            thread::signal(self.tid.load(Ordering::SeqCst), signal::wake_signal());
        }
    }

    /// Under the lock of `current`.
    fn demand(&self, engine: &Engine, level: Stop) {
        let cell = &self.cell.0;
        cell.stop.fetch_max(level as i32, Ordering::SeqCst);
        if level > Stop::Unwind {
            self.worn.store(true, Ordering::SeqCst);
        }
        engine.guest.interrupt(cell);
        if let Some(event) = self.event.get() {
            event.notify();
        }
    }

    /// Gives up on `job`: it becomes lost, and with it the worker until it comes back.
    pub(super) fn give_up(&self, engine: &Engine, job: &Arc<Job>) -> bool {
        let mut current = lock(&self.current);
        if current.job.as_ref().is_none_or(|running| running.id() != job.id()) {
            return false;
        }
        let why = job.stopped().unwrap_or(Stopped::Cancelled);
        current.lost = engine.settle(job, JobState::Running, Outcome::Lost(why));
        if current.lost {
            engine.worker_lost(&job.lane);
            self.worn.store(true, Ordering::SeqCst);
        }
        current.lost
    }

    pub(super) fn serves(&self, lane: &Arc<Lane>) -> bool {
        let current = lock(&self.current);
        current.lane.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, lane))
    }

    fn lane(&self) -> Option<Arc<Lane>> {
        lock(&self.current).lane.clone()
    }

    /// The job that it executes.
    pub(super) fn job(&self) -> Option<Arc<Job>> {
        lock(&self.current).job.clone()
    }

    pub(super) fn tid(&self) -> i32 {
        self.tid.load(Ordering::SeqCst)
    }

    /// The thread touches nothing of the guest any more; it can be joined without waiting for a script.
    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// Waits for the thread's last instructions. Only for a worker that has [ended](Self::ended).
    pub(super) fn join(&self) {
        if let Some(handle) = lock(&self.handle).take() {
            let _ = handle.join();
            exit::thread_joined();
        }
    }

    pub(super) fn state(&self) -> WorkerState {
        let current = lock(&self.current);
        match () {
            () if self.ended() => WorkerState::Ended,
            () if current.lost => WorkerState::Lost,
            () if current.job.is_some() => WorkerState::Running,
            () if current.lane.is_none() => WorkerState::Spare,
            () if current.started => WorkerState::Idle,
            () => WorkerState::Starting,
        }
    }
}

thread_local! {
    /// On a worker's thread: the worker.
    static CURRENT: RefCell<Option<(Arc<Engine>, Arc<Worker>)>> = const { RefCell::new(None) };
    /// There: whose job it began last. What ends a request for tasks, and what goes on in a lost job, is that owner's, too.
    static OWNER: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Whose code the calling worker runs; `None`: it is no worker's thread, or has had no job.
pub(super) fn owner() -> Option<u64> {
    OWNER.get()
}

/// The job that the calling thread executes.
pub(super) fn current_job() -> Option<Arc<Job>> {
    CURRENT.with_borrow(|current| current.as_ref().and_then(|(_, worker)| worker.job()))
}

/// Calls `act` with the interrupt flag of the calling thread's VM, if a worker's thread it is.
pub(super) fn with_interrupt<R>(act: impl FnOnce(Option<&AtomicBool>) -> R) -> R {
    let cell = CURRENT.with_borrow(|current| current.as_ref().map(|(_, worker)| Arc::clone(&worker.cell)));
    act(cell.as_deref().and_then(WorkerCell::interrupt_flag))
}

/// The calling worker waits for what other threads do until the value is dropped; another may take its place meanwhile.
pub(super) fn blocks() -> Option<Blocked> {
    CURRENT.with_borrow(|current| {
        let (engine, worker) = current.as_ref()?;
        let lane = worker.lane()?;
        let blocked = lane.blocks();
        engine.rescue_queued(&lane);
        Some(blocked)
    })
}

/// What a call into the guest said; a panic on the way is a failure too.
fn guarded(call: impl FnOnce() -> Result<i32, String>) -> Result<i32, String> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or_else(|panic| Err(format!("ffi_zts: internal error: {}", callbacks::panic_text(&*panic))))
}

/// Says that the thread has ended, however it came to that.
struct End<'w>(&'w Worker, &'w Engine);

impl Drop for End<'_> {
    fn drop(&mut self) {
        CURRENT.set(None);
        drop(lock(&self.0.share).take());
        self.0.ended.store(true, Ordering::SeqCst);
        if let Some(lane) = self.0.lane() {
            lane.notify();
        }
        self.1.hub.event.notify();
    }
}

/// Creates a guest thread: explicit stack, the guest's signal mask from its first instruction, counted for the exit guard.
pub(super) fn spawn_masked(
    name: &str,
    stack_size: usize,
    body: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, Error> {
    exit::thread_created();
    let mask = signal::GuestMask::set();
    let spawned = Builder::new().name(name.into()).stack_size(stack_size).spawn(body);
    drop(mask);
    spawned.map_err(|cause| {
        exit::thread_joined();
        Error::Thread {
            what: format!("thread {name}"),
            cause: cause.to_string(),
        }
    })
}

/// How long a spare worker waits for a lane.
const SPARE_TIME: Duration = Duration::from_secs(2);

/// How long an idle thread looks for work before it sleeps.
pub(super) const SPIN: Duration = Duration::from_micros(50);
