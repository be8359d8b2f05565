//! What can go wrong between the host and its guest, as plain data.

use std::borrow::Cow;

use super::state::StateError;

/// An error of the engine. The message names the thing and, where there is one, the remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The VM could not be started.
    #[error("boot: {step}: {cause}")]
    Boot {
        /// The step that failed, e.g. `open libphp`.
        step: Cow<'static, str>,
        /// Why, in the words of whoever refused.
        cause: String,
    },
    /// A restriction of the host or of the administrator forbids it.
    #[error("policy: {0}")]
    Policy(String),
    /// A ceiling of the administrator's.
    #[error("{0}")]
    Ceiling(String),
    /// The VM takes no more work.
    #[error("the VM is shut down and takes no more jobs")]
    Closed,
    /// A wait without a limit, and no other thread.
    #[error("the VM is shut down: nobody is left who could end this wait")]
    Deserted,
    /// A thread or pool takes no more work; the VM does.
    #[error("it is closed and takes no more tasks")]
    LaneClosed,
    /// The process was forked after boot: the guest's threads exist in the parent only.
    #[error("the VM was booted before fork(); its threads exist only in the parent process: boot after the fork")]
    Forked,
    /// Refused in the present state.
    #[error("{0}")]
    State(String),
    /// An option or argument is unknown, ill-typed or out of range.
    #[error("option `{name}`: {reason}")]
    Option {
        /// Name of the option as the user writes it.
        name: String,
        /// What is wrong with the value and what would be right.
        reason: String,
    },
    /// A job's script, argument or setting cannot be handed over.
    #[error("{what}: {reason}")]
    Argument {
        /// Which one, e.g. `argument 2`.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system gave no thread.
    #[error("cannot create {what}: {cause}; check the limits on threads (ulimit -u, pids cgroup) and memory")]
    Thread {
        /// What the thread was for, e.g. `worker 3`.
        what: String,
        /// The system's message.
        cause: String,
    },
    /// Too many workers hang in calls that cannot be interrupted.
    #[error(
        "{lost} workers are lost in calls that do not return (limit {limit}); restart the process, \
         or give those calls time limits of their own"
    )]
    TooManyLost {
        /// Lost workers at present.
        lost: usize,
        /// How many are tolerated.
        limit: usize,
    },
    /// The operating system refused something else.
    #[error("{what}: {cause}")]
    System {
        /// The operation.
        what: Cow<'static, str>,
        /// The system's message.
        cause: String,
    },
}

impl Error {
    /// A failed boot step.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that callers pass errors and texts alike"
    )]
    pub fn boot(step: impl Into<Cow<'static, str>>, cause: impl ToString) -> Self {
        Self::Boot {
            step: step.into(),
            cause: cause.to_string(),
        }
    }

    /// A refused option.
    pub fn option(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Option {
            name: name.into(),
            reason: reason.into(),
        }
    }

    /// A refused system call or the like.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that callers pass errors and texts alike"
    )]
    pub fn system(what: impl Into<Cow<'static, str>>, cause: impl ToString) -> Self {
        Self::System {
            what: what.into(),
            cause: cause.to_string(),
        }
    }
}

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        Self::State(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_thing_and_the_remedy() {
        let boot = Error::boot("open libphp", "no such file");
        assert_eq!(boot.to_string(), "boot: open libphp: no such file");
        assert!(Error::Forked.to_string().contains("boot after the fork"));
        assert!(
            Error::TooManyLost { lost: 4, limit: 4 }
                .to_string()
                .contains("restart the process")
        );
        assert_eq!(
            Error::option("threads", "must be 1 or more").to_string(),
            "option `threads`: must be 1 or more"
        );
    }
}
