//! One unit of work, shared by the host that waits for it and the worker that executes it.

use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use super::completions::Completions;
use super::heard::{self, Heard};
use super::hub::Hub;
use super::lane::Lane;
use super::script::Prepared;
use super::stream::JobStream;
use super::surroundings::Surroundings;
use super::sys::{fork, process};
use super::{HostSide, Outcome, thread_key};
use crate::bridge::message::{Content, Image, Owned};
use crate::bridge::wire;
use crate::core::event::{Event, lock};
use crate::core::items::Items;
use crate::core::outcome;
use crate::core::output::Fill;
use crate::core::state::{State, StateCell};
use crate::core::stop::Stopped;
use crate::core::{Error, JobState, OutputBuffer};

/// What a running job has reported so far.
pub(super) type Parts = outcome::Parts<Content>;

/// What a job is to do.
#[derive(Debug)]
pub(super) enum Work {
    /// A script, in a request of its own.
    Script(Box<Prepared>),
    /// A call, in the request that the worker keeps.
    Task(Task),
}

/// See [`Work::Task`].
#[derive(Debug)]
pub(super) struct Task {
    /// How many items are to be called with, each for itself; 0: it is one call.
    pub(super) items: u32,
    /// The closure to call, where its code is all there is to it.
    pub(super) code: Option<Arc<Image>>,
    /// What to call with what, or with `code` the arguments, if any.
    pub(super) message: Option<Owned>,
}

/// Threads that wait for the end, and queues that want to know of it.
#[derive(Debug, Default)]
struct Watchers {
    events: Vec<Arc<Event>>,
    queues: Vec<(Weak<Completions>, u64)>,
}

/// A job. It owns its data: host and guest may forget it at any time and in any order.
#[derive(Debug)]
pub struct Job {
    id: u64,
    /// What it is, for errors: a task's callable, a script's file.
    what: Option<Arc<str>>,
    /// Number of the worker that has started it; 0: none.
    worker: AtomicU64,
    state: StateCell<JobState>,
    pub(super) lane: Arc<Lane>,
    work: Mutex<Option<Work>>,
    /// Of a task of a map.
    items: Items,
    is_script: bool,
    /// What it is started in, for the jobs that it starts itself.
    surroundings: Arc<Surroundings>,
    /// Longest time on the worker.
    limit: Option<Duration>,
    /// Made by the first write, or the first wish about it.
    output: OnceLock<Box<OutputBuffer>>,
    /// In the hub's ready list.
    listed: AtomicBool,
    /// The guest asked for a flush since the last delivery.
    flush: AtomicBool,
    /// Key of the thread that is delivering output; 0: none.
    deliverer: AtomicU64,
    /// Somebody waits for the end, or has waited.
    waited: AtomicBool,
    /// Somebody asked it to stop.
    stopping: AtomicBool,
    /// It was its own time limit that asked.
    overdue: AtomicBool,
    /// Who is told of the end.
    watchers: Mutex<Watchers>,
    watched: AtomicBool,
    parts: Mutex<Parts>,
    heard: Heard,
    outcome: OnceLock<Outcome>,
    /// When it started, in nanoseconds of the monotonic clock; 0: it has not.
    started: AtomicU64,
    /// How long it took, in nanoseconds; written once, before the state says that it is over.
    duration: AtomicU64,
    stream: JobStream,
    hub: Arc<Hub>,
    me: Weak<Job>,
}

impl Job {
    pub(super) fn new(
        id: u64,
        lane: Arc<Lane>,
        work: Work,
        surroundings: Arc<Surroundings>,
        limit: Option<Duration>,
        hub: &Arc<Hub>,
    ) -> Arc<Self> {
        let is_script = matches!(work, Work::Script(_));
        let items = Items::new(match &work {
            Work::Task(task) => task.items,
            Work::Script(_) => 0,
        });
        let what = match &work {
            Work::Script(script) => script.name(),
            Work::Task(task) => match (&task.code, &task.message) {
                (Some(code), _) => Some(Arc::clone(code.name())),
                (None, Some(message)) => wire::callable(message),
                (None, None) => None,
            },
        };
        Arc::new_cyclic(|me| Self {
            id,
            what,
            worker: AtomicU64::new(0),
            is_script,
            state: StateCell::new(JobState::Queued),
            lane,
            work: Mutex::new(Some(work)),
            items,
            surroundings,
            limit,
            output: OnceLock::new(),
            listed: AtomicBool::new(false),
            flush: AtomicBool::new(false),
            deliverer: AtomicU64::new(0),
            waited: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            overdue: AtomicBool::new(false),
            watchers: Mutex::default(),
            watched: AtomicBool::new(false),
            parts: Mutex::default(),
            heard: Heard::default(),
            outcome: OnceLock::new(),
            started: AtomicU64::new(0),
            duration: AtomicU64::new(0),
            stream: JobStream::default(),
            hub: Arc::clone(hub),
            me: me.clone(),
        })
    }

    /// Number of the job within its VM, from 1.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The owner that the [`ScriptSpec`](super::ScriptSpec) named.
    #[must_use]
    pub fn owner(&self) -> u64 {
        self.surroundings.owner()
    }

    /// What errors call it: `task 7, closure at /app/import.php:12`.
    #[must_use]
    pub fn title(&self) -> String {
        let kind = if self.is_script { "job" } else { "task" };
        match &self.what {
            Some(what) => format!("{kind} {}, {what}", self.id),
            None => format!("{kind} {}", self.id),
        }
    }

    /// The worker that has started it: `worker 3 of pool 1`; `None`: none has.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        let worker = self.worker.load(Ordering::Relaxed);
        (worker != 0).then(|| match self.lane.name() {
            Some(lane) => format!("worker {worker} of {lane}"),
            None => format!("worker {worker}"),
        })
    }

    /// A script, not a task.
    #[must_use]
    pub fn is_script(&self) -> bool {
        self.is_script
    }

    /// Present state.
    #[must_use]
    pub fn state(&self) -> JobState {
        self.state.get()
    }

    /// Whether the job has ended. Its last output may still wait for delivery; [`Vm::wait`](super::Vm::wait) returns after it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state().is_final()
    }

    /// How the job ended; `None` before.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.is_done().then(|| self.outcome.get()).flatten()
    }

    /// Time on the worker: so far while it runs, in total afterwards, zero before.
    #[must_use]
    pub fn duration(&self) -> Duration {
        if self.is_done() {
            return Duration::from_nanos(self.duration.load(Ordering::Relaxed));
        }
        match self.started.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            started => Duration::from_nanos(now().saturating_sub(started)),
        }
    }

    /// A descriptor for the host's `stream_select`: readable when any job's output should be fetched
    /// ([`Vm::drain`](super::Vm::drain) does that), and for good when the job is done.
    ///
    /// # Errors
    /// Out of descriptors, or in the child of a fork.
    pub fn stream_fd(&self) -> Result<Arc<OwnedFd>, Error> {
        let (lent, readiness) = self.stream.descriptor(|| self.is_done())?;
        if !self.is_done() {
            self.hub.watched.add(&readiness);
            if self.hub.has_ready() {
                self.hub.watched.tell();
            }
        }
        Ok(lent)
    }

    /// The same for a thread of the guest, which fetches nobody's output.
    pub(super) fn guest_stream_fd(&self) -> Result<Arc<OwnedFd>, Error> {
        self.stream.descriptor(|| self.is_done()).map(|(lent, _)| lent)
    }

    /// Nobody will call [`Self::stream_fd`] again: descriptors that were given out are readable at the end of the job, and no sooner.
    pub fn close_stream(&self) {
        self.stream.close(|| self.is_done());
    }

    /// Nobody wants the output any more: what is buffered is dropped, and the script sees an aborted connection.
    pub fn discard_output(&self) {
        if !fork::in_child() {
            self.output().close_reader(); // in the child the worker, which is not here, may hold the lock
        }
    }

    fn output(&self) -> &OutputBuffer {
        self.output.get_or_init(Box::default)
    }

    pub(super) fn stream(&self) -> &JobStream {
        &self.stream
    }

    // --- called on the worker ---

    pub(super) fn take_work(&self) -> Option<Work> {
        lock(&self.work).take()
    }

    /// The items of a task of a map.
    pub(super) fn items(&self) -> &Items {
        &self.items
    }

    pub(super) fn surroundings(&self) -> &Arc<Surroundings> {
        &self.surroundings
    }

    pub(super) fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// Queued → Running, on the worker of this number.
    pub(super) fn start(&self, worker: u64) -> bool {
        let _one = lock(&self.parts);
        let started = self.state.advance(JobState::Queued, JobState::Running).is_ok();
        if started {
            self.worker.store(worker, Ordering::Relaxed);
            self.started.store(now(), Ordering::Relaxed);
        }
        started
    }

    /// Output of the guest; blocks while the buffer is full.
    pub(super) fn write(&self, bytes: &[u8]) -> usize {
        self.output().write(bytes, |fill| match fill {
            Fill::First => {
                self.list();
                self.hub.event.nudge();
            }
            Fill::High => {
                self.hub.event.notify();
                self.hub.watched.tell();
            }
        })
    }

    /// The guest asked for a flush.
    pub(super) fn request_flush(&self) {
        if !self.flush.swap(true, Ordering::SeqCst) {
            self.list();
            self.hub.event.nudge();
        }
    }

    pub(super) fn report(&self, add: impl FnOnce(&mut Parts)) {
        add(&mut lock(&self.parts));
    }

    /// Whether the bootstrap file reported no failure; what it returned is forgotten.
    pub(super) fn bootstrap_succeeded(&self) -> bool {
        let mut parts = lock(&self.parts);
        let failed = parts.throwable.is_some() || parts.fatal.is_some() || parts.broken.is_some();
        if !failed {
            *parts = Parts::default();
        }
        !failed
    }

    pub(super) fn finish(&self, status: i32) -> Outcome {
        std::mem::take(&mut *lock(&self.parts)).finish(status, self.stopped())
    }

    /// Why it was asked to stop, if it was.
    pub(super) fn stopped(&self) -> Option<Stopped> {
        match self.limit {
            Some(limit) if self.overdue.load(Ordering::SeqCst) => Some(Stopped::TimedOut(limit)),
            _ => self.stopping.load(Ordering::SeqCst).then_some(Stopped::Cancelled),
        }
    }

    fn list(&self) {
        if !self.listed.swap(true, Ordering::SeqCst)
            && let Some(me) = self.me.upgrade()
        {
            self.hub.list(me);
        }
    }

    // --- called by whoever ends it ---

    /// Moves from `from` to the outcome's state. `first` runs before anyone can see that; false when another was faster.
    /// Transitions happen under one lock, so the outcome is there before the state says so.
    pub(super) fn settle(&self, from: JobState, outcome: Outcome, first: impl FnOnce()) -> bool {
        let _one = lock(&self.parts);
        if self.state() != from || !from.may_become(outcome.state()) {
            return false;
        }
        first();
        let started = self.started.load(Ordering::Relaxed);
        if started > 0 {
            self.duration.store(now().saturating_sub(started), Ordering::Relaxed);
        }
        let settled = self.end(from, outcome);
        if self.watched.load(Ordering::SeqCst) {
            let mut watchers = lock(&self.watchers);
            watchers.events.iter().for_each(|event| event.notify());
            for (queue, key) in watchers.queues.drain(..) {
                queue.upgrade().inspect(|queue| queue.ended(key));
            }
        }
        settled
    }

    /// The outcome, then the state.
    fn end(&self, from: JobState, outcome: Outcome) -> bool {
        let to = outcome.state();
        let _ = self.outcome.set(outcome);
        let advance = || self.state.advance(from, to).is_ok();
        if let Some(failed) = self.failure() {
            let log = |line: String| self.hub.log(line.as_bytes());
            return self.heard.ends(self, failed, log, advance);
        }
        self.heard.tell();
        advance()
    }

    /// An outcome that somebody should know of; who asks a job to stop does.
    fn failure(&self) -> Option<&Outcome> {
        let cancelled = self.stopping.load(Ordering::SeqCst) && !self.overdue.load(Ordering::SeqCst);
        self.outcome
            .get()
            .filter(|outcome| !cancelled && heard::is_failure(outcome, self.is_script))
    }

    // --- called for its futures ---

    pub(super) fn heard(&self) -> &Heard {
        &self.heard
    }

    pub(super) fn future_dropped(&self) {
        if !fork::in_child() && self.heard.future_dropped() {
            let failed = || self.is_done().then(|| self.failure()).flatten();
            self.heard.look(self, failed, |line| self.hub.log(line.as_bytes()));
        }
    }

    /// A job that is not run any more lets go of what it was to do.
    pub(super) fn forget_work(&self) {
        drop(self.take_work());
    }

    // --- called on guest threads that wait for it ---

    /// Has `event` notified of the end. Look at the state afterwards, and before parking.
    pub(super) fn watch(&self, event: &Arc<Event>) {
        lock(&self.watchers).events.push(Arc::clone(event));
        self.watched.store(true, Ordering::SeqCst);
    }

    /// Has `queue` told of the end, under this key, at once where it has come.
    pub(super) fn tell_end(&self, queue: &Arc<Completions>, key: u64) {
        lock(&self.watchers).queues.push((Arc::downgrade(queue), key));
        self.watched.store(true, Ordering::SeqCst);
        // Whoever takes the entry out tells.
        if self.is_done() && self.tell_no_end(queue, key) {
            queue.ended(key);
        }
    }

    /// Undoes [`Self::tell_end`]; false: the end has been told.
    pub(super) fn tell_no_end(&self, queue: &Arc<Completions>, key: u64) -> bool {
        let mine =
            |(other, of): &(Weak<Completions>, u64)| *of == key && std::ptr::eq(other.as_ptr(), Arc::as_ptr(queue));
        let queues = &mut lock(&self.watchers).queues;
        let at = queues.iter().position(mine);
        at.map(|at| queues.swap_remove(at)).is_some()
    }

    pub(super) fn unwatch(&self, event: &Arc<Event>) {
        if fork::in_child() {
            return; // a thread that is not here may hold the lock
        }
        let mut watchers = lock(&self.watchers);
        if let Some(at) = watchers.events.iter().position(|known| Arc::ptr_eq(known, event)) {
            watchers.events.swap_remove(at);
        }
    }

    // --- called on the host's thread ---

    pub(super) fn wants_waking(&self) -> bool {
        self.waited.load(Ordering::SeqCst)
    }

    /// Whether a wait for it is over at once: it has ended, and there is nothing to be delivered before that is told.
    pub(super) fn is_over(&self) -> bool {
        let over = !fork::in_child()
            && self.is_done()
            && !self.hub.has_ready()
            && !self.hub.has_held()
            && !self.hub.watched.is_told()
            && self.deliverer.load(Ordering::SeqCst) == 0;
        if over {
            self.stream.end(); // the worker may still be on its way to it
        }
        over
    }

    pub(super) fn announce_wait(&self) {
        self.waited.store(true, Ordering::SeqCst);
    }

    /// From now on its end is a stop.
    pub(super) fn request_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// From now on output that does not fit comes back short. The job's worker must know before that it is to stop: a thread
    /// of an extension whose output is cut ends at once, and the job, which waits for that thread, would go on as if all were well.
    pub(super) fn cut_output(&self) {
        self.output().stop();
    }

    /// The same because it has run for longer than its limit.
    pub(super) fn request_timeout(&self) {
        self.overdue.store(true, Ordering::SeqCst);
        self.request_stop();
    }

    /// Another thread is handing this job's output to its host side right now.
    pub(super) fn delivered_elsewhere(&self) -> bool {
        let deliverer = self.deliverer.load(Ordering::SeqCst);
        deliverer != 0 && deliverer != thread_key()
    }

    /// Hands buffered output to the host. `None`: somebody is at it already. If that is an outer call on this thread, an output
    /// callback of the host is waiting, perhaps for this very job: a host that keeps what it gets meanwhile, and so the order, gets it.
    pub(super) fn deliver(&self, host: &mut dyn HostSide, spare: &mut Vec<u8>) -> Option<ControlFlow<()>> {
        let taken = self
            .deliverer
            .compare_exchange(0, thread_key(), Ordering::SeqCst, Ordering::SeqCst);
        let _mine = match taken {
            Ok(_) => Some(Delivering(&self.deliverer)),
            Err(key) if key == thread_key() && host.holds_back() => None,
            Err(_) => return None,
        };
        self.listed.store(false, Ordering::SeqCst);
        let flush = self.flush.swap(false, Ordering::SeqCst);
        if let Some(output) = self.output.get() {
            output.take(spare);
        }
        let mut flow = if spare.is_empty() {
            ControlFlow::Continue(())
        } else {
            host.write(spare)
        };
        spare.clear();
        if flush && flow.is_continue() {
            flow = host.flush();
        }
        Some(flow)
    }
}

/// Nanoseconds of the monotonic clock, which began before any job did.
fn now() -> u64 {
    u64::try_from(process::monotonic_time().as_nanos()).unwrap_or(u64::MAX)
}

struct Delivering<'j>(&'j AtomicU64);

impl Drop for Delivering<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::SeqCst);
    }
}
