//! How a job ended.

use std::time::Duration;

use super::state::JobState;

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
    /// Stopped on request, or never started.
    Cancelled,
    /// Stopped because it ran longer than it was allowed to.
    TimedOut(Duration),
    /// Did not stop by its deadline.
    Lost,
}

impl<M> Outcome<M> {
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
            Self::Cancelled => Outcome::Cancelled,
            Self::TimedOut(limit) => Outcome::TimedOut(*limit),
            Self::Lost => Outcome::Lost,
        }
    }

    /// The state that a job with this outcome ends in.
    #[must_use]
    pub fn state(&self) -> JobState {
        match self {
            Self::Exited { .. } => JobState::Done,
            Self::Threw { .. } | Self::Fatal { .. } | Self::NotStarted(_) | Self::TimedOut(_) => JobState::Failed,
            Self::Cancelled => JobState::Cancelled,
            Self::Lost => JobState::Lost,
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

/// Whether somebody asked a job to stop before it ended, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stopped {
    /// Nobody did.
    #[default]
    No,
    /// It was cancelled.
    Cancelled,
    /// It ran longer than this.
    TimedOut(Duration),
}

impl<M> Parts<M> {
    /// Puts the parts together. A job that was asked to stop and reported nothing counts as stopped.
    #[must_use]
    pub fn finish(self, status: i32, stopped: Stopped) -> Outcome<M> {
        match (self, stopped) {
            (Self { broken: Some(why), .. }, _) => Outcome::NotStarted(why),
            (Self { fatal: Some(wire), .. }, _) => Outcome::Fatal { wire, status },
            (
                Self {
                    throwable: Some(throwable),
                    ..
                },
                _,
            ) => Outcome::Threw { throwable, status },
            (
                Self {
                    value: None,
                    refused: None,
                    ..
                },
                Stopped::Cancelled,
            ) => Outcome::Cancelled,
            (
                Self {
                    value: None,
                    refused: None,
                    ..
                },
                Stopped::TimedOut(limit),
            ) => Outcome::TimedOut(limit),
            (Self { value, refused, .. }, _) => Outcome::Exited { status, value, refused },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_report_wins() {
        let parts = || Parts::<Vec<u8>> {
            value: Some(vec![1]),
            throwable: Some(vec![2]),
            fatal: Some(vec![3]),
            ..Parts::default()
        };
        assert_eq!(
            parts().finish(255, Stopped::No),
            Outcome::Fatal {
                wire: vec![3],
                status: 255
            }
        );
        let threw = Parts { fatal: None, ..parts() }.finish(255, Stopped::Cancelled);
        assert_eq!(
            threw,
            Outcome::Threw {
                throwable: vec![2],
                status: 255
            }
        );
        let broken = Parts::<Vec<u8>> {
            broken: Some("panic".into()),
            ..parts()
        }
        .finish(0, Stopped::Cancelled);
        assert_eq!(broken.state(), JobState::Failed);
    }

    #[test]
    fn a_stopped_job_is_cancelled_only_when_it_reported_nothing() {
        assert_eq!(
            Parts::<Vec<u8>>::default().finish(0, Stopped::Cancelled),
            Outcome::Cancelled
        );
        let limit = Stopped::TimedOut(Duration::from_secs(1));
        assert_eq!(Parts::<Vec<u8>>::default().finish(0, limit).state(), JobState::Failed);
        let value = Parts::<Vec<u8>> {
            value: Some(vec![1]),
            ..Parts::default()
        }
        .finish(0, Stopped::Cancelled);
        assert_eq!(value.state(), JobState::Done);
        let silent = Parts::<Vec<u8>>::default().finish(3, Stopped::No);
        assert_eq!(
            silent,
            Outcome::Exited {
                status: 3,
                value: None,
                refused: None
            }
        );
    }
}
