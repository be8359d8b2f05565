//! How a job that is to end is asked to, and for how long.

use std::time::Duration;

use super::deadline::Deadline;

/// What a worker is asked to do with its job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Stop {
    /// End it by an exception: a task's `finally` blocks run, a script ends as by `exit()`.
    Unwind = 1,
    /// End it at once, unless it is unwinding: code that has caught the exception goes on no longer.
    Insist = 2,
    /// End it at once; destructors and shutdown functions run.
    Bailout = 3,
}

/// Why a job was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Somebody did not want it any more.
    Cancelled,
    /// It ran longer than this.
    TimedOut(Duration),
}

/// Longest time for code that catches the exception and goes on.
pub const CAUGHT: Duration = Duration::from_millis(500);
/// Longest time between two requests: a blocking call may begin between the look at the flag and the signal, and there are moments
/// in which the VM cannot leave a frame.
pub const REPEAT: Duration = Duration::from_millis(10);
/// Shortest time between two requests: some code is at such a moment nearly always when it is asked.
const SOON: Duration = Duration::from_millis(1);

impl Stop {
    /// What to ask for when the first request was `asked` ago and the job has `whole` to end: half of that is for unwinding.
    #[must_use]
    pub fn after(asked: Duration, whole: Option<Duration>) -> Self {
        if whole.is_some_and(|whole| asked >= whole / 2) {
            Self::Bailout
        } else if asked >= CAUGHT {
            Self::Insist
        } else {
            Self::Unwind
        }
    }

    /// How long until the next request, when the first was `asked` ago.
    #[must_use]
    pub fn again(asked: Duration) -> Duration {
        (asked / 50).clamp(SOON, REPEAT)
    }
}

impl Deadline {
    /// What to ask of a job that was asked to stop when this deadline was set, and is lost when it has passed.
    #[must_use]
    pub fn demand(&self) -> Stop {
        Stop::after(self.elapsed(), self.whole())
    }

    /// How long until the next request to such a job.
    #[must_use]
    pub fn again(&self) -> Duration {
        self.slice(Stop::again(self.elapsed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn unwinding_has_half_of_the_time_and_code_that_goes_on_half_a_second() {
        assert_eq!(Stop::after(Duration::ZERO, None), Stop::Unwind);
        assert_eq!(Stop::after(SECOND * 60, None), Stop::Insist);
        assert_eq!(Stop::after(SECOND / 10, Some(SECOND / 5)), Stop::Bailout);
        assert_eq!(Stop::after(SECOND / 10, Some(SECOND)), Stop::Unwind);
        assert_eq!(Stop::after(CAUGHT, Some(SECOND * 60)), Stop::Insist);
        assert_eq!(Stop::after(SECOND * 30, Some(SECOND * 60)), Stop::Bailout);
        assert_eq!(Stop::after(Duration::ZERO, Some(Duration::ZERO)), Stop::Bailout);
    }

    #[test]
    fn requests_follow_fast_at_first() {
        assert_eq!(Stop::again(Duration::ZERO), SOON);
        assert_eq!(Stop::again(REPEAT * 25), REPEAT / 2);
        assert_eq!(Stop::again(SECOND), REPEAT);
        assert_eq!(Deadline::after(Duration::ZERO).again(), Duration::ZERO);
        assert_eq!(Deadline::never().again(), SOON);
    }

    #[test]
    fn a_deadline_demands_by_its_own_length() {
        assert_eq!(Deadline::never().demand(), Stop::Unwind);
        assert_eq!(Deadline::after(Duration::ZERO).demand(), Stop::Bailout);
        assert_eq!(Deadline::after(SECOND * 60).demand(), Stop::Unwind);
    }
}
