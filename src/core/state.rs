//! States of the VM and of a job, and which may follow which.
//!
//! ```text
//! VM   New ─► Booting ─► Ready ─► Draining ─► Down        Booting ─► New (nothing of the guest ran) | Down
//! job  Queued ─► Running ─► Done | Failed | Cancelled | Lost        Queued ─► Failed | Cancelled
//! ```

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};

/// A transition that the state machine does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {from} and cannot become {to}")]
pub struct StateError {
    /// `the VM` or `the job`.
    pub what: &'static str,
    /// Present state.
    pub from: String,
    /// Refused state.
    pub to: String,
}

/// A state machine over a few states that fit a byte.
pub trait State: Copy + PartialEq + fmt::Debug + fmt::Display {
    /// What is in this state, for messages.
    const WHAT: &'static str;
    /// Whether `next` may follow.
    fn may_become(self, next: Self) -> bool;
    /// The byte that stands for it.
    fn code(self) -> u8;
    /// The state of a byte made by [`State::code`].
    fn from_code(code: u8) -> Self;
}

macro_rules! states {
    ($(#[$doc:meta])* $name:ident, $what:literal, $($(#[$vdoc:meta])* $variant:ident = $text:literal),+; $($from:ident => $($to:ident)|+),+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every state, in order of life.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl State for $name {
            const WHAT: &'static str = $what;
            #[allow(clippy::unnested_or_patterns, reason = "the macro writes one pair per transition")]
            fn may_become(self, next: Self) -> bool {
                matches!((self, next), $($((Self::$from, Self::$to))|+)|+)
            }
            fn code(self) -> u8 {
                self as u8
            }
            fn from_code(code: u8) -> Self {
                Self::ALL[usize::from(code)]
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $text),+ })
            }
        }
    };
}

states! {
    /// Life of a VM.
    VmState, "the VM",
    /// Nothing has happened to the process.
    New = "new",
    /// The boot thread starts the guest.
    Booting = "booting",
    /// Jobs are accepted.
    Ready = "ready",
    /// No more jobs are accepted; threads may still run.
    Draining = "draining",
    /// No thread of the guest is left.
    Down = "down";
    New => Booting, Booting => New | Ready | Down, Ready => Draining, Draining => Down
}

states! {
    /// Life of a job.
    JobState, "the job",
    /// Waits for a worker.
    Queued = "queued",
    /// A worker executes it.
    Running = "running",
    /// Finished, `exit` included.
    Done = "done",
    /// Ended by a throwable or a fatal error, or could not start.
    Failed = "failed",
    /// Stopped on request, or never started.
    Cancelled = "cancelled",
    /// Did not stop by its deadline; nobody waits for it any more.
    Lost = "lost";
    Queued => Running | Failed | Cancelled, Running => Done | Failed | Cancelled | Lost
}

impl JobState {
    /// Nothing follows.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A state shared by threads; only the machine's own transitions succeed.
#[derive(Debug)]
pub struct StateCell<S> {
    code: AtomicU8,
    states: std::marker::PhantomData<fn() -> S>,
}

impl<S: State> StateCell<S> {
    /// A cell in `state`.
    pub fn new(state: S) -> Self {
        Self {
            code: AtomicU8::new(state.code()),
            states: std::marker::PhantomData,
        }
    }

    /// Present state. Everything that its setter wrote before is visible.
    pub fn get(&self) -> S {
        S::from_code(self.code.load(Ordering::SeqCst))
    }

    /// Moves from `from` to `to`.
    ///
    /// # Errors
    /// The machine has no such transition, or the state is another than `from`.
    pub fn advance(&self, from: S, to: S) -> Result<(), StateError> {
        let refused = |from: S| StateError {
            what: S::WHAT,
            from: from.to_string(),
            to: to.to_string(),
        };
        if !from.may_become(to) {
            return Err(refused(from));
        }
        self.code
            .compare_exchange(from.code(), to.code(), Ordering::SeqCst, Ordering::SeqCst)
            .map(drop)
            .map_err(|present| refused(S::from_code(present)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed<S: State>(all: &[S]) -> Vec<String> {
        let mut list = Vec::new();
        for &from in all {
            for &to in all {
                let cell = StateCell::new(from);
                assert_eq!(cell.advance(from, to).is_ok(), from.may_become(to));
                assert_eq!(cell.get(), if from.may_become(to) { to } else { from });
                if from.may_become(to) {
                    list.push(format!("{from}>{to}"));
                }
            }
        }
        list
    }

    #[test]
    fn vm_transitions_are_exactly_these() {
        let expected = [
            "new>booting",
            "booting>new",
            "booting>ready",
            "booting>down",
            "ready>draining",
            "draining>down",
        ];
        assert_eq!(allowed(VmState::ALL), expected);
    }

    #[test]
    fn job_transitions_are_exactly_these() {
        let expected = [
            "queued>running",
            "queued>failed",
            "queued>cancelled",
            "running>done",
            "running>failed",
            "running>cancelled",
            "running>lost",
        ];
        assert_eq!(allowed(JobState::ALL), expected);
    }

    #[test]
    fn final_states_have_no_successor() {
        for &state in JobState::ALL {
            assert_eq!(
                state.is_final(),
                !JobState::ALL.iter().any(|&next| state.may_become(next))
            );
        }
    }

    #[test]
    fn a_refusal_names_both_states() {
        let error = StateCell::new(JobState::Done)
            .advance(JobState::Queued, JobState::Running)
            .unwrap_err();
        assert_eq!(error.to_string(), "the job is done and cannot become running");
    }

    #[test]
    fn one_of_two_racing_transitions_wins() {
        for _ in 0..500 {
            let cell = StateCell::new(JobState::Running);
            let wins: usize = std::thread::scope(|scope| {
                let racers = [JobState::Done, JobState::Lost].map(|to| {
                    scope.spawn({
                        let cell = &cell;
                        move || usize::from(cell.advance(JobState::Running, to).is_ok())
                    })
                });
                racers.into_iter().map(|racer| racer.join().unwrap()).sum()
            });
            assert_eq!(wins, 1);
        }
    }
}
