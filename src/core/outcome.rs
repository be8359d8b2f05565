//! How a job ended.

use super::state::JobState;

/// What a job leaves behind. Bytes called *wire* are decoded by the host half.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The script ran to its end or called `exit`.
    Exited {
        /// Exit status.
        status: i32,
        /// What the script returned, as wire bytes; `None` when nothing was reported.
        value: Option<Vec<u8>>,
        /// Why the returned value cannot cross, where it cannot.
        refused: Option<String>,
    },
    /// Nobody caught a throwable.
    Threw {
        /// The throwable as wire bytes.
        throwable: Vec<u8>,
        /// Exit status.
        status: i32,
    },
    /// A fatal error, memory limit or time limit.
    Fatal {
        /// Type, message, file and line as wire bytes.
        wire: Vec<u8>,
        /// Exit status.
        status: i32,
    },
    /// The request could not be started, or the engine itself failed; the text says why.
    NotStarted(String),
    /// Stopped on request, or never started.
    Cancelled,
    /// Did not stop by its deadline.
    Lost,
}

impl Outcome {
    /// The state that a job with this outcome ends in.
    #[must_use]
    pub fn state(&self) -> JobState {
        match self {
            Self::Exited { .. } => JobState::Done,
            Self::Threw { .. } | Self::Fatal { .. } | Self::NotStarted(_) => JobState::Failed,
            Self::Cancelled => JobState::Cancelled,
            Self::Lost => JobState::Lost,
        }
    }
}

/// What a running job has reported so far.
#[derive(Debug, Default)]
pub struct Parts {
    /// Wire bytes of the returned value.
    pub value: Option<Vec<u8>>,
    /// Wire bytes of the uncaught throwable.
    pub throwable: Option<Vec<u8>>,
    /// Wire bytes of the fatal error.
    pub fatal: Option<Vec<u8>>,
    /// Why the value cannot cross.
    pub refused: Option<String>,
    /// The engine's own failure, e.g. a panic in a callback.
    pub broken: Option<String>,
}

impl Parts {
    /// Puts the parts together. `stopping`: somebody asked the job to stop before it ended; a job that reported nothing
    /// counts as stopped then.
    #[must_use]
    pub fn finish(self, status: i32, stopping: bool) -> Outcome {
        match self {
            Self { broken: Some(why), .. } => Outcome::NotStarted(why),
            Self { fatal: Some(wire), .. } => Outcome::Fatal { wire, status },
            Self {
                throwable: Some(throwable),
                ..
            } => Outcome::Threw { throwable, status },
            Self {
                value: None,
                refused: None,
                ..
            } if stopping => Outcome::Cancelled,
            Self { value, refused, .. } => Outcome::Exited { status, value, refused },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_report_wins() {
        let parts = || Parts {
            value: Some(vec![1]),
            throwable: Some(vec![2]),
            fatal: Some(vec![3]),
            ..Parts::default()
        };
        assert_eq!(
            parts().finish(255, false),
            Outcome::Fatal {
                wire: vec![3],
                status: 255
            }
        );
        let threw = Parts { fatal: None, ..parts() }.finish(255, true);
        assert_eq!(
            threw,
            Outcome::Threw {
                throwable: vec![2],
                status: 255
            }
        );
        let broken = Parts {
            broken: Some("panic".into()),
            ..parts()
        }
        .finish(0, true);
        assert_eq!(broken.state(), JobState::Failed);
    }

    #[test]
    fn a_stopped_job_is_cancelled_only_when_it_reported_nothing() {
        assert_eq!(Parts::default().finish(0, true), Outcome::Cancelled);
        let value = Parts {
            value: Some(vec![1]),
            ..Parts::default()
        }
        .finish(0, true);
        assert_eq!(value.state(), JobState::Done);
        let silent = Parts::default().finish(3, false);
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
