//! Waking a thread that waits: an event that costs one atomic addition while nobody waits.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use super::sync::{AtomicBool, AtomicUsize, Ordering, Slept, Word, in_order};

/// Locks, whether or not a thread panicked while it held the lock: the data here is consistent after every statement.
pub fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An event count. Take a [`Ticket`], look at the condition, then park on the ticket: a notification in between is not lost.
///
/// Besides plain notifications there are *nudges*, which wake only a waiter that asked for them ([`Event::arm`]).
#[derive(Debug)]
pub struct Event {
    epoch: Word,
    waiters: AtomicUsize,
    armed: AtomicBool,
}

impl Default for Event {
    fn default() -> Self {
        Self {
            epoch: Word::default(),
            waiters: AtomicUsize::new(0),
            armed: AtomicBool::new(false),
        }
    }
}

/// How a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parked {
    /// By a notification.
    Notified,
    /// The time is over.
    TimedOut,
    /// A signal handler ran on this thread, and there was no notification.
    Signalled,
}

impl Event {
    /// Wakes every waiter. No system call when there is none.
    pub fn notify(&self) {
        self.epoch.advance();
        in_order();
        if self.waiters.load(Ordering::SeqCst) > 0 {
            self.epoch.wake_all();
        }
    }

    /// Wakes the waiters if one of them armed the event since the last nudge.
    pub fn nudge(&self) {
        if self.armed.load(Ordering::SeqCst) && self.armed.swap(false, Ordering::SeqCst) {
            self.notify();
        }
    }

    /// From here on the next [`Event::nudge`] notifies, once. Look at the condition after arming.
    pub fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    /// Announces a waiter.
    pub fn ticket(&self) -> Ticket<'_> {
        self.waiters.fetch_add(1, Ordering::SeqCst);
        in_order();
        Ticket {
            event: self,
            epoch: self.epoch.get(),
        }
    }
}

/// An announced waiter; it withdraws on drop.
#[derive(Debug)]
#[must_use]
pub struct Ticket<'e> {
    event: &'e Event,
    epoch: u32,
}

impl Ticket<'_> {
    /// Sleeps until a notification after the ticket was taken, or for `limit`. Says whether it was notified.
    #[must_use]
    pub fn park(self, limit: Duration) -> bool {
        let start = Instant::now();
        loop {
            match self.sleep(limit.saturating_sub(start.elapsed())) {
                Parked::Notified => return true,
                Parked::TimedOut => return false,
                Parked::Signalled => {}
            }
        }
    }

    /// As [`park`](Self::park), but a signal handler that runs on this thread ends it as well. One that ran before the sleep
    /// began does not.
    #[must_use]
    pub fn park_or_signal(self, limit: Duration) -> Parked {
        self.sleep(limit)
    }

    fn sleep(&self, limit: Duration) -> Parked {
        let epoch = &self.event.epoch;
        let start = Instant::now();
        while epoch.get() == self.epoch {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Parked::TimedOut;
            }
            match epoch.sleep(self.epoch, left) {
                Slept::Signalled if epoch.get() == self.epoch => return Parked::Signalled,
                _ => {} // look again
            }
        }
        Parked::Notified
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.event.waiters.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_notification_between_ticket_and_park_is_kept() {
        let event = Event::default();
        let ticket = event.ticket();
        event.notify();
        assert!(ticket.park(LONG));
        assert!(
            !event.ticket().park(Duration::from_millis(1)),
            "the old notification must not count again"
        );
    }

    #[test]
    fn only_the_armed_are_nudged_and_only_once() {
        let event = Event::default();
        event.nudge();
        event.arm();
        let ticket = event.ticket();
        event.nudge();
        assert!(ticket.park(LONG));
        let ticket = event.ticket();
        event.nudge();
        assert!(!ticket.park(Duration::from_millis(1)));
    }

    #[test]
    fn a_sleep_that_may_be_cut_short_still_has_its_limit() {
        let event = Event::default();
        let limit = Duration::from_millis(5);
        assert_eq!(event.ticket().park_or_signal(limit), Parked::TimedOut);
        let ticket = event.ticket();
        event.notify();
        assert_eq!(ticket.park_or_signal(LONG), Parked::Notified);
    }

    #[test]
    fn no_wake_is_lost_under_contention() {
        const ROUNDS: u32 = 20_000;
        let (event, value, echo) = (Event::default(), AtomicU32::new(0), AtomicU32::new(0));
        let wait_for = |cell: &AtomicU32, wanted: u32| {
            while cell.load(Ordering::SeqCst) < wanted {
                let ticket = event.ticket();
                if cell.load(Ordering::SeqCst) < wanted {
                    assert!(ticket.park(LONG), "lost wake-up at {wanted}");
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=ROUNDS {
                    value.store(round, Ordering::SeqCst);
                    event.notify();
                    wait_for(&echo, round);
                }
            });
            for round in 1..=ROUNDS {
                wait_for(&value, round);
                echo.store(round, Ordering::SeqCst);
                event.notify();
            }
        });
    }
}
