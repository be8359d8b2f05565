//! A point in time that a wait must not pass.

use std::time::{Duration, Instant};

use super::error::Error;

/// When a wait ends at the latest; perhaps never.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    start: Instant,
    limit: Option<Duration>,
}

impl Deadline {
    /// Waits for as long as it takes.
    #[must_use]
    pub fn never() -> Self {
        Self {
            start: Instant::now(),
            limit: None,
        }
    }

    /// `limit` from now.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self {
            start: Instant::now(),
            limit: Some(limit),
        }
    }

    /// From a timeout in seconds as users give it; `None` and infinity mean never, 0 means now.
    ///
    /// # Errors
    /// Negative or not a number.
    pub fn from_seconds(seconds: Option<f64>) -> Result<Self, Error> {
        match seconds {
            None => Ok(Self::never()),
            Some(s) if s == f64::INFINITY => Ok(Self::never()),
            Some(s) if s >= 0.0 => Ok(Duration::try_from_secs_f64(s).map_or_else(|_| Self::never(), Self::after)),
            Some(s) => Err(Error::option(
                "timeout",
                format!("must be 0 or more seconds, {s} given"),
            )),
        }
    }

    /// `by` later.
    #[must_use]
    pub fn postponed(self, by: Duration) -> Self {
        Self {
            limit: self.limit.map(|limit| limit.saturating_add(by)),
            ..self
        }
    }

    /// Time left: `None` for ever, zero when it has passed.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.start.elapsed()))
    }

    /// The time left, but at most `slice`.
    #[must_use]
    pub fn slice(&self, slice: Duration) -> Duration {
        self.remaining().map_or(slice, |left| left.min(slice))
    }

    /// Whether it has passed.
    #[must_use]
    pub fn expired(&self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// Whether half of the time has passed; never, for a deadline that never comes.
    #[must_use]
    pub fn half_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.elapsed() >= limit / 2)
    }

    /// Time since it was set.
    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The whole length; `None` when it never comes.
    pub(super) fn whole(&self) -> Option<Duration> {
        self.limit
    }

    /// The whole length in seconds; infinity when it never comes.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.limit.map_or(f64::INFINITY, |limit| limit.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_has_no_end() {
        for deadline in [
            Deadline::never(),
            Deadline::from_seconds(None).unwrap(),
            Deadline::from_seconds(Some(f64::INFINITY)).unwrap(),
        ] {
            assert_eq!(deadline.remaining(), None);
            assert!(!deadline.expired() && !deadline.half_over());
            assert_eq!(deadline.slice(Duration::from_millis(50)), Duration::from_millis(50));
        }
    }

    #[test]
    fn zero_is_over_at_once() {
        let deadline = Deadline::from_seconds(Some(0.0)).unwrap();
        assert!(deadline.expired());
        assert!(deadline.half_over());
        assert_eq!(deadline.slice(Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn a_far_one_is_not_over() {
        let deadline = Deadline::from_seconds(Some(3600.0)).unwrap();
        assert!(!deadline.expired() && !deadline.half_over());
        assert!((deadline.seconds() - 3600.0).abs() < 1e-9);
        assert!(deadline.remaining().unwrap() > Duration::from_secs(3590));
    }

    #[test]
    fn a_postponed_one_ends_later_and_never_stays_never() {
        let deadline = Deadline::after(Duration::ZERO).postponed(Duration::from_secs(3600));
        assert!(!deadline.expired() && deadline.remaining().unwrap() > Duration::from_secs(3590));
        let absurd = Deadline::after(Duration::MAX).postponed(Duration::from_secs(1));
        assert!(!absurd.expired());
        assert_eq!(Deadline::never().postponed(Duration::from_secs(1)).remaining(), None);
    }

    #[test]
    fn nonsense_is_refused_and_the_absurdly_long_is_never() {
        assert!(Deadline::from_seconds(Some(-0.5)).is_err());
        assert!(Deadline::from_seconds(Some(f64::NAN)).is_err());
        assert_eq!(Deadline::from_seconds(Some(1e300)).unwrap().remaining(), None);
    }
}
