//! How a job ended.

use super::state::JobState;
use super::stop::Stopped;

/// What a job leaves behind. `M` is a message of the guest: bytes, or what the engine makes of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<M = Vec<u8>> {
    /// The script ran to its end or called `exit`.
    Exited {
        /// Exit status.
        status: i32,
        /// What the script or task returned; `None` when nothing was reported: a task called `exit`.
        value: Option<M>,
        /// Why the returned value cannot cross, where it cannot.
        refused: Option<String>,
    },
    /// Nobody caught a throwable.
    Threw {
        /// The throwable.
        throwable: M,
        /// Exit status.
        status: i32,
    },
    /// A fatal error, memory limit or time limit.
    Fatal {
        /// Type, message, file and line.
        wire: M,
        /// Exit status.
        status: i32,
    },
    /// The request could not be started, or the engine itself failed; the text says why.
    NotStarted(String),
    /// Stopped, or never started. A job that was asked to stop while it ran ends like this whatever its code made of it.
    Stopped {
        /// On whose demand.
        why: Stopped,
        /// What its code came to all the same.
        came: Option<Came<M>>,
    },
    /// Did not stop by its deadline.
    Lost(Stopped),
}

/// What a stopped job failed of.
#[derive(Clone, Debug, PartialEq)]
pub enum Came<M> {
    /// A throwable that is not the stop's own.
    Threw(M),
    /// A fatal error: type, message, file and line.
    Fatal(M),
}

impl<M> Outcome<M> {
    /// Of a job that was cancelled before it started.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::Stopped {
            why: Stopped::Cancelled,
            came: None,
        }
    }

    /// The same with other messages.
    pub fn map<N>(&self, change: impl Fn(&M) -> N) -> Outcome<N> {
        match self {
            Self::Exited { status, value, refused } => Outcome::Exited {
                status: *status,
                value: value.as_ref().map(change),
                refused: refused.clone(),
            },
            Self::Threw { throwable, status } => Outcome::Threw {
                throwable: change(throwable),
                status: *status,
            },
            Self::Fatal { wire, status } => Outcome::Fatal {
                wire: change(wire),
                status: *status,
            },
            Self::NotStarted(why) => Outcome::NotStarted(why.clone()),
            Self::Stopped { why, came } => Outcome::Stopped {
                why: *why,
                came: came.as_ref().map(|came| match came {
                    Came::Threw(throwable) => Came::Threw(change(throwable)),
                    Came::Fatal(wire) => Came::Fatal(change(wire)),
                }),
            },
            Self::Lost(why) => Outcome::Lost(*why),
        }
    }

    /// The state that a job with this outcome ends in.
    #[must_use]
    pub fn state(&self) -> JobState {
        match self {
            Self::Exited { .. } => JobState::Done,
            Self::Stopped {
                why: Stopped::Cancelled,
                ..
            } => JobState::Cancelled,
            Self::Threw { .. } | Self::Fatal { .. } | Self::NotStarted(_) | Self::Stopped { .. } => JobState::Failed,
            Self::Lost(_) => JobState::Lost,
        }
    }
}

/// What a running job has reported so far.
#[derive(Debug)]
pub struct Parts<M = Vec<u8>> {
    /// The returned value.
    pub value: Option<M>,
    /// The uncaught throwable.
    pub throwable: Option<M>,
    /// The fatal error.
    pub fatal: Option<M>,
    /// Why the value cannot cross.
    pub refused: Option<String>,
    /// The engine's own failure, e.g. a panic in a callback.
    pub broken: Option<String>,
}

impl<M> Default for Parts<M> {
    fn default() -> Self {
        Self {
            value: None,
            throwable: None,
            fatal: None,
            refused: None,
            broken: None,
        }
    }
}

impl<M> Parts<M> {
    /// Puts the parts together. A job that was asked to stop was stopped: what it returned may be half of a value, and what it
    /// threw may be a library's word for the call that was broken off.
    #[must_use]
    pub fn finish(self, status: i32, stopped: Option<Stopped>) -> Outcome<M> {
        if let Some(why) = self.broken {
            return Outcome::NotStarted(why);
        }
        match (stopped, self.fatal, self.throwable) {
            (Some(why), fatal, throwable) => Outcome::Stopped {
                why,
                came: fatal.map(Came::Fatal).or(throwable.map(Came::Threw)),
            },
            (None, Some(wire), _) => Outcome::Fatal { wire, status },
            (None, None, Some(throwable)) => Outcome::Threw { throwable, status },
            (None, None, None) => Outcome::Exited {
                status,
                value: self.value,
                refused: self.refused,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn parts() -> Parts<Vec<u8>> {
        Parts {
            value: Some(vec![1]),
            throwable: Some(vec![2]),
            fatal: Some(vec![3]),
            ..Parts::default()
        }
    }

    #[test]
    fn the_gravest_report_wins() {
        let fatal = parts().finish(255, None);
        assert!(matches!(fatal, Outcome::Fatal { wire, status: 255 } if wire == [3]));
        let threw = Parts { fatal: None, ..parts() }.finish(255, None);
        assert!(matches!(threw, Outcome::Threw { throwable, status: 255 } if throwable == [2]));
        let broken = Parts {
            broken: Some("panic".into()),
            ..parts()
        };
        assert_eq!(
            broken.finish(0, Some(Stopped::Cancelled)),
            Outcome::NotStarted("panic".into())
        );
        let silent = Parts::<Vec<u8>>::default().finish(3, None);
        assert_eq!(
            silent,
            Outcome::Exited {
                status: 3,
                value: None,
                refused: None
            }
        );
    }

    #[test]
    fn a_job_that_was_asked_to_stop_was_stopped_and_keeps_what_it_failed_of() {
        let limit = Stopped::TimedOut(Duration::from_secs(1));
        let came = |outcome: Outcome| match outcome {
            Outcome::Stopped { came, .. } => came,
            other => panic!("{other:?}"),
        };
        assert_eq!(came(parts().finish(0, Some(limit))), Some(Came::Fatal(vec![3])));
        let threw = Parts { fatal: None, ..parts() };
        assert_eq!(
            came(threw.finish(0, Some(Stopped::Cancelled))),
            Some(Came::Threw(vec![2]))
        );
        let returned = Parts {
            fatal: None,
            throwable: None,
            ..parts()
        };
        let outcome = returned.finish(0, Some(Stopped::Cancelled));
        assert_eq!((outcome.state(), came(outcome)), (JobState::Cancelled, None));
        assert_eq!(
            Parts::<Vec<u8>>::default().finish(0, Some(limit)).state(),
            JobState::Failed
        );
        assert_eq!(Outcome::<Vec<u8>>::cancelled().state(), JobState::Cancelled);
    }
}
