//! The parts of a booted VM and how they account for jobs and workers.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::boot::BootHandle;
use super::guest::Guest;
use super::hub::Hub;
use super::info::Tally;
use super::job::{Job, Task, Work};
use super::lane::{Lane, LaneSpec};
use super::open::Refused;
use super::script::Prepared;
use super::surroundings::Surroundings;
use super::sys::heritage::Heritage;
use super::worker::Worker;
use super::{HostSide, Outcome, ScriptSpec, process_state};
use crate::core::event::lock;
use crate::core::reserve::Reserve;
use crate::core::stop::REPEAT;
use crate::core::{Deadline, Error, JobState, VmState};

/// How many lost workers are tolerated for each that may run.
const LOST_PER_THREAD: usize = 2;

#[derive(Debug)]
pub(super) struct Engine {
    pub(super) guest: Guest,
    /// Optional extensions that could not be opened.
    pub(super) refused: Vec<Refused>,
    pub(super) hub: Arc<Hub>,
    pub(super) tally: Tally,
    pub(super) stack_size: usize,
    pub(super) shutdown_timeout: Duration,
    /// What a job over its time limit is given to end.
    pub(super) stop_timeout: Duration,
    /// How long idle workers and waiting hosts look before they sleep; zero on a single processor.
    pub(super) spin: Duration,
    pub(super) processors: usize,
    pub(super) boot: BootHandle,
    /// Jobs of whoever asks for any free worker.
    pub(super) main: Arc<Lane>,
    /// The others that have not ended.
    lanes: Mutex<Vec<Arc<Lane>>>,
    /// How many lanes there have been, of each [`LaneKind`].
    opened: [AtomicU64; 3],
    outstanding: AtomicUsize,
    lost: AtomicUsize,
    next_job: AtomicU64,
    workers: Mutex<Workers>,
    /// Workers whose lane has ended, for the next one; those among them are chosen that a new thread would be like.
    pub(super) spares: Reserve<Heritage, Arc<Lane>>,
    /// Held by the one shutdown that is under way.
    pub(super) shutting_down: Mutex<()>,
}

#[derive(Debug, Default)]
struct Workers {
    list: Vec<Arc<Worker>>,
    created: u64,
}

impl Engine {
    pub(super) fn new(
        guest: Guest,
        refused: Vec<Refused>,
        hub: Arc<Hub>,
        boot: BootHandle,
        limits: &super::BootConfig,
    ) -> Arc<Self> {
        let processors = crate::core::processors();
        super::exchange::set_max_nesting(limits.max_nesting);
        let engine = Arc::new(Self {
            guest,
            refused,
            hub,
            tally: Tally::default(),
            stack_size: limits.stack_size,
            shutdown_timeout: limits.shutdown_timeout,
            stop_timeout: limits.stop_timeout,
            spin: if processors > 1 {
                super::worker::SPIN
            } else {
                Duration::ZERO
            },
            processors,
            boot,
            main: Lane::new(
                LaneSpec {
                    size: limits.threads,
                    elastic: true,
                    ..LaneSpec::default()
                },
                1,
            ),
            lanes: Mutex::default(),
            opened: [const { AtomicU64::new(0) }; 3],
            outstanding: AtomicUsize::new(0),
            lost: AtomicUsize::new(0),
            next_job: AtomicU64::new(1),
            workers: Mutex::default(),
            spares: Reserve::new(limits.spare_workers),
            shutting_down: Mutex::default(),
        });
        engine.boot.timekeeper.serves(&engine);
        engine
    }

    // --- jobs ---

    pub(super) fn submit(self: &Arc<Self>, spec: ScriptSpec) -> Result<Arc<Job>, Error> {
        self.submit_script(Prepared::new(spec)?)
    }

    pub(super) fn submit_script(self: &Arc<Self>, script: Prepared) -> Result<Arc<Job>, Error> {
        let surroundings = Arc::clone(&script.surroundings);
        let work = Work::Script(Box::new(script));
        self.start(Arc::clone(&self.main), work, surroundings, None)
    }

    pub(super) fn submit_task(
        self: &Arc<Self>,
        lane: Arc<Lane>,
        task: Task,
        surroundings: Arc<Surroundings>,
        limit: Option<Duration>,
    ) -> Result<Arc<Job>, Error> {
        let surroundings = lane.surroundings(surroundings);
        self.start(lane, Work::Task(task), surroundings, limit)
    }

    /// Queues a job. Where the queue is full the caller has waited for room; see [`Lane::has_room`].
    fn start(
        self: &Arc<Self>,
        lane: Arc<Lane>,
        work: Work,
        surroundings: Arc<Surroundings>,
        limit: Option<Duration>,
    ) -> Result<Arc<Job>, Error> {
        if !is_ready() {
            return Err(Error::Closed);
        }
        let (lost, tolerated) = (self.lost(), self.main.spec.size * LOST_PER_THREAD);
        if lost >= tolerated {
            return Err(Error::TooManyLost { lost, limit: tolerated });
        }
        if lane.is_closed() {
            return Err(refused());
        }
        let id = self.next_job.fetch_add(1, Ordering::Relaxed);
        let job = Job::new(id, lane, work, surroundings, limit, &self.hub);
        let lane = &job.lane;
        self.outstanding.fetch_add(1, Ordering::SeqCst);
        lane.job_submitted();
        if let Err(error) = self.ensure_workers(lane) {
            self.outstanding.fetch_sub(1, Ordering::SeqCst);
            lane.job_settled();
            return Err(error);
        }
        self.tally.submitted.fetch_add(1, Ordering::Relaxed);
        if lane.queue.push(Arc::clone(&job)).is_err() {
            self.settle(&job, JobState::Queued, Outcome::cancelled());
            return Err(refused());
        }
        if lane.usable() == 0 {
            self.rescue_queued(lane);
        }
        Ok(job)
    }

    /// Ends `job` if it still is in state `from`; says whether it was.
    pub(super) fn settle(&self, job: &Arc<Job>, from: JobState, outcome: Outcome) -> bool {
        let to = outcome.state();
        let lane = &job.lane;
        let settled = job.settle(from, outcome, || {
            self.outstanding.fetch_sub(1, Ordering::SeqCst);
            lane.job_settled();
            self.tally.count(to);
        });
        if settled {
            if from == JobState::Queued {
                job.forget_work(); // whoever runs it has it
            }
            job.stream().end();
            let batching = self.hub.batch.load(Ordering::SeqCst) && lane.queue.len() > lane.usable();
            if job.wants_waking() && !batching {
                self.hub.event.notify();
            }
        }
        settled
    }

    /// Unfinished jobs, oldest first.
    pub(super) fn jobs(&self) -> Vec<Arc<Job>> {
        // A worker has a job before the queue is without it, so that none is overlooked; perhaps one is seen twice.
        let queued = self.all_lanes().into_iter().flat_map(|lane| lane.queue.snapshot());
        let mut jobs: Vec<_> = queued.collect();
        jobs.extend(self.workers().iter().filter_map(|worker| worker.job()));
        jobs.retain(|job| !job.is_done());
        jobs.sort_by_key(|job| job.id());
        jobs.dedup_by_key(|job| job.id());
        jobs
    }

    pub(super) fn outstanding(&self) -> usize {
        self.outstanding.load(Ordering::SeqCst)
    }

    // --- lanes ---

    pub(super) fn open_lane(&self, spec: LaneSpec) -> Result<Arc<Lane>, Error> {
        if !is_ready() {
            return Err(Error::Closed);
        }
        let number = self.opened[spec.kind as usize].fetch_add(1, Ordering::Relaxed) + 1;
        let lane = Lane::new(spec, number);
        drop(self.all_lanes()); // forgets those that have ended
        lock(&self.lanes).push(Arc::clone(&lane));
        Ok(lane)
    }

    /// Unfinished jobs of a lane, oldest first.
    pub(super) fn jobs_in(&self, lane: &Arc<Lane>) -> Vec<Arc<Job>> {
        let mut jobs = self.jobs();
        jobs.retain(|job| Arc::ptr_eq(&job.lane, lane));
        jobs
    }

    /// Whether a closed lane has no job and no worker any more.
    pub(super) fn lane_ended(&self, lane: &Arc<Lane>) -> bool {
        if lane.outstanding() > 0 {
            return false;
        }
        let workers = self.workers();
        workers.iter().all(|worker| !worker.serves(lane) || worker.ended())
    }

    /// The main lane and all others that may have jobs.
    pub(super) fn all_lanes(&self) -> Vec<Arc<Lane>> {
        let mut lanes = lock(&self.lanes);
        lanes.retain(|lane| !lane.is_closed() || lane.outstanding() > 0);
        std::iter::once(&self.main).chain(lanes.iter()).cloned().collect()
    }

    // --- workers ---

    pub(super) fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }

    pub(super) fn workers(&self) -> Vec<Arc<Worker>> {
        lock(&self.workers).list.clone()
    }

    /// See [`Vm::end_requests`](super::Vm::end_requests).
    pub(super) fn end_requests(&self, deadline: Deadline, host: &mut dyn HostSide) {
        self.all_lanes().iter().for_each(|lane| lane.queue.poke());
        // Workers of lanes that have ended are among them.
        let workers = self.workers();
        let ended = || !workers.iter().any(|worker| worker.keeps_request());
        let mut host = Some(host);
        while !ended() && !deadline.expired() {
            let Ok(pass) = self.attend(&mut host) else { return };
            if deadline.half_over() {
                for worker in &workers {
                    worker.interrupt_end(self);
                }
            }
            self.park_until(&ended, &self.main, pass, deadline.slice(REPEAT));
        }
        // On a busy machine the time may be over before anybody was asked; the wish stays with those who are not yet there.
        for worker in &workers {
            worker.interrupt_end(self);
        }
    }

    /// Takes or creates workers while there are more jobs than workers and the limit allows. An error only when there is none at all, or
    /// all of them wait for other jobs: otherwise the jobs wait for those that exist.
    pub(super) fn ensure_workers(self: &Arc<Self>, lane: &Arc<Lane>) -> Result<(), Error> {
        while lane.wants_worker() {
            let mut workers = lock(&self.workers);
            if !is_ready() {
                return Err(Error::Closed);
            }
            if !lane.wants_worker() {
                break;
            }
            lane.worker_added();
            if self.takes_spare(lane) {
                continue;
            }
            workers.list.retain(|worker| {
                if worker.ended() {
                    worker.join();
                }
                !worker.ended()
            });
            workers.created += 1;
            match Worker::spawn(self, lane, workers.created) {
                Ok(worker) => workers.list.push(worker),
                Err(error) => {
                    lane.worker_removed();
                    return if lane.all_wait() { Err(error) } else { Ok(()) };
                }
            }
        }
        Ok(())
    }

    /// Has a spare worker serve `lane`, if there is one like a thread that the calling one would create.
    fn takes_spare(&self, lane: &Arc<Lane>) -> bool {
        let mine = if self.spares.is_empty() {
            None
        } else {
            Heritage::of_this_thread()
        };
        mine.is_some_and(|mine| self.spares.call(&mine, Arc::clone(lane)).is_ok())
    }

    /// The guest refused a new worker its context. Jobs that no other worker will take fail.
    pub(super) fn worker_failed(&self, lane: &Lane, why: &str) {
        if lane.worker_removed() == 0 {
            self.fail_queued(lane, &format!("no worker could start: {why}"));
        } else {
            self.hub
                .log(format!("ffi_zts: a worker could not start: {why}").as_bytes());
        }
    }

    /// A worker is given up; the caller then looks for a replacement.
    pub(super) fn worker_lost(&self, lane: &Lane) {
        lane.worker_removed();
        self.lost.fetch_add(1, Ordering::SeqCst);
    }

    /// A lost worker has come back: true when it is needed.
    pub(super) fn lost_worker_returned(&self, lane: &Lane) -> bool {
        self.lost.fetch_sub(1, Ordering::SeqCst);
        is_ready() && lane.worker_returns()
    }

    /// Queued jobs and perhaps nobody to take them: find someone, or fail them. In a shutdown they are cancelled, by that.
    pub(super) fn rescue_queued(self: &Arc<Self>, lane: &Arc<Lane>) {
        match self.ensure_workers(lane) {
            Ok(()) | Err(Error::Closed) => {}
            Err(error) => self.fail_queued(lane, &error.to_string()),
        }
    }

    fn fail_queued(&self, lane: &Lane, why: &str) {
        while let Some(job) = lane.queue.try_pop() {
            self.settle(&job, JobState::Queued, Outcome::NotStarted(why.into()));
        }
    }
}

/// Why a closed lane takes no job.
fn refused() -> Error {
    if is_ready() { Error::LaneClosed } else { Error::Closed }
}

/// Whether jobs are accepted.
pub(super) fn is_ready() -> bool {
    process_state() == VmState::Ready
}
