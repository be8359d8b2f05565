//! Whether anybody has been told what came of a job. A failure that nobody can ask for any more is told to the log, once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::Outcome;
use super::job::Job;
use crate::bridge::wire::{describe_fatal, describe_throwable};
use crate::core::event::lock;
use crate::core::stop::Stopped;

/// See the top of this file.
#[derive(Debug)]
pub(super) struct Heard {
    /// Handles of futures, on all threads and in messages.
    futures: AtomicUsize,
    /// Nothing is to be told (any more).
    told: AtomicBool,
    /// Where the job was started; held while a failed job ends, so that its last future and its end do not miss each other.
    place: Mutex<Option<Box<str>>>,
}

impl Default for Heard {
    fn default() -> Self {
        Self {
            futures: AtomicUsize::new(1),
            told: AtomicBool::new(false),
            place: Mutex::default(),
        }
    }
}

impl Heard {
    pub(super) fn future_made(&self) {
        self.futures.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether it was the last one, and of a job whose failure nobody has been told.
    pub(super) fn future_dropped(&self) -> bool {
        self.futures.fetch_sub(1, Ordering::SeqCst) == 1 && !self.told.load(Ordering::SeqCst)
    }

    /// Somebody knows what came of the job, or said that nobody wants to.
    pub(super) fn tell(&self) {
        if !self.is_told() {
            self.told.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// Notes where the job was started, as a future that knows goes.
    pub(super) fn started_at(&self, place: String) {
        lock(&self.place).get_or_insert(place.into());
    }

    /// Ends a job that has failed, by `end`; before anyone sees that, `log` is told of the failure if nobody can ask for it.
    pub(super) fn ends<R>(&self, job: &Job, failed: &Outcome, log: impl FnOnce(String), end: impl FnOnce() -> R) -> R {
        let place = lock(&self.place);
        self.say(job, failed, place.as_deref(), log);
        end()
    }

    /// The last future is gone: `log` is told if the job has failed, by `failed`, which is asked when it cannot end meanwhile.
    pub(super) fn look<'j>(&self, job: &Job, failed: impl FnOnce() -> Option<&'j Outcome>, log: impl FnOnce(String)) {
        let place = lock(&self.place);
        if let Some(failed) = failed() {
            self.say(job, failed, place.as_deref(), log);
        }
    }

    fn say(&self, job: &Job, failed: &Outcome, place: Option<&str>, log: impl FnOnce(String)) {
        if self.futures.load(Ordering::SeqCst) > 0 || self.told.swap(true, Ordering::SeqCst) {
            return;
        }
        let Some(failure) = failure(failed) else { return };
        let on = job
            .place()
            .map_or_else(|| "not started".into(), |worker| format!("on {worker}"));
        let at = place.map(|place| format!(", started at {place}")).unwrap_or_default();
        log(format!("ffi_zts: nobody awaited {}, {on}{at}: {failure}", job.title()));
    }
}

/// A failure in words; `None`: it is none that anybody needs to know of, as far as the outcome says.
fn failure(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Exited { refused: Some(why), .. } | Outcome::NotStarted(why) => Some(why.clone()),
        Outcome::Exited { status, .. } => Some(format!("it called exit({status})")),
        Outcome::Threw { throwable, .. } => Some(describe_throwable(throwable.bytes())),
        Outcome::Fatal { wire, .. } => Some(describe_fatal(wire.bytes())),
        Outcome::Stopped { why, .. } | Outcome::Lost(why) => match why {
            Stopped::TimedOut(limit) => Some(format!("it ran longer than its limit of {} s", limit.as_secs_f64())),
            Stopped::Cancelled => None,
        },
    }
}

/// Whether an outcome is a failure that somebody should know of. An exit status is a script's result, and a task's failure; who
/// cancels a job was told.
pub(super) fn is_failure(outcome: &Outcome, is_script: bool) -> bool {
    match outcome {
        Outcome::Exited { status, value, refused } => {
            refused.is_some() || (*status != 0 && value.is_none() && !is_script)
        }
        Outcome::Stopped { why, .. } | Outcome::Lost(why) => matches!(why, Stopped::TimedOut(_)),
        _ => true,
    }
}
