//! Threads that have nothing to do and wait, for a limited time, to be called for something new.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::event::{Event, lock};

/// How many looks a spinning thread takes between two looks at the clock.
const LOOKS: u32 = 32;

/// Seats for so many threads. Each is of a kind `K`, and is handed a `T` when it is called.
#[derive(Debug)]
pub struct Reserve<K, T> {
    size: usize,
    seats: Mutex<Seats<K, T>>,
    /// Taken seats, as those see it who do not lock.
    taken: AtomicUsize,
}

#[derive(Debug)]
struct Seats<K, T> {
    taken: Vec<Arc<Waiting<K, T>>>,
    closed: bool,
}

#[derive(Debug)]
struct Waiting<K, T> {
    kind: K,
    given: Mutex<Option<T>>,
    /// It has been given something, or is to leave. Changes once, under the lock of the seats.
    called: AtomicBool,
    event: Event,
}

/// A seat that the calling thread has taken: it may be called from now on.
#[derive(Debug)]
pub struct Seat<'r, K, T> {
    reserve: &'r Reserve<K, T>,
    waiting: Arc<Waiting<K, T>>,
}

impl<K: PartialEq, T> Reserve<K, T> {
    /// A reserve of at most `size` threads.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            size,
            seats: Mutex::new(Seats {
                taken: Vec::new(),
                closed: false,
            }),
            taken: AtomicUsize::new(0),
        }
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.taken.load(Ordering::SeqCst) == 0
    }

    /// Whether a seat is free at this moment.
    pub fn has_room(&self) -> bool {
        self.taken.load(Ordering::SeqCst) < self.size
    }

    /// Calls the thread of `kind` that has waited for the shortest time.
    ///
    /// # Errors
    /// There is none; what it was to be given comes back.
    pub fn call(&self, kind: &K, what: T) -> Result<(), T> {
        let mut seats = lock(&self.seats);
        let Some(at) = seats.taken.iter().rposition(|waiting| waiting.kind == *kind) else {
            return Err(what);
        };
        let waiting = seats.taken.remove(at);
        self.count(&seats);
        *lock(&waiting.given) = Some(what);
        waiting.leave();
        Ok(())
    }

    /// Takes a seat. `None`: all are taken, or the reserve is closed.
    pub fn sit(&self, kind: K) -> Option<Seat<'_, K, T>> {
        let mut seats = lock(&self.seats);
        if seats.closed || seats.taken.len() >= self.size {
            return None;
        }
        let waiting = Arc::new(Waiting {
            kind,
            given: Mutex::new(None),
            called: AtomicBool::new(false),
            event: Event::default(),
        });
        seats.taken.push(Arc::clone(&waiting));
        self.count(&seats);
        Some(Seat { reserve: self, waiting })
    }

    /// Sends everybody away, now and from now on.
    pub fn close(&self) {
        let mut seats = lock(&self.seats);
        seats.closed = true;
        seats.taken.drain(..).for_each(|waiting| waiting.leave());
        self.count(&seats);
    }

    fn count(&self, seats: &Seats<K, T>) {
        self.taken.store(seats.taken.len(), Ordering::SeqCst);
    }
}

impl<K, T> Waiting<K, T> {
    fn leave(&self) {
        self.called.store(true, Ordering::SeqCst);
        self.event.notify();
    }
}

impl<K: PartialEq, T> Seat<'_, K, T> {
    /// Waits to be called: looks for `spin`, then sleeps. `None`: nobody did within `limit`, or the reserve was closed.
    #[must_use]
    pub fn wait(self, spin: Duration, limit: Duration) -> Option<T> {
        let start = Instant::now();
        let called = || self.waiting.called.load(Ordering::SeqCst);
        while !called() && start.elapsed() < spin {
            (0..LOOKS).for_each(|_| std::hint::spin_loop());
            std::thread::yield_now();
        }
        while !called() && start.elapsed() < limit {
            let ticket = self.waiting.event.ticket();
            if !called() {
                let _ = ticket.park(limit.saturating_sub(start.elapsed()));
            }
        }
        let mut seats = lock(&self.reserve.seats);
        seats.taken.retain(|other| !Arc::ptr_eq(other, &self.waiting));
        self.reserve.count(&seats);
        drop(seats);
        // Nobody can call it any more; a call in the last moment counts.
        lock(&self.waiting.given).take()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn calls_the_last_one_of_the_kind() {
        let reserve = Reserve::new(3);
        assert_eq!(reserve.call(&'a', 1), Err(1));
        let seats = ['a', 'b', 'a'].map(|kind| reserve.sit(kind).unwrap());
        assert!(reserve.sit('a').is_none() && !reserve.has_room());
        assert_eq!(reserve.call(&'a', 1), Ok(()));
        assert_eq!(reserve.call(&'c', 2), Err(2));
        assert_eq!(reserve.call(&'a', 3), Ok(()));
        let given = seats.map(|seat| seat.wait(Duration::ZERO, Duration::ZERO));
        assert_eq!(given, [Some(3), None, Some(1)]);
        assert!(reserve.is_empty() && reserve.has_room());
    }

    #[test]
    fn a_call_wakes_a_sleeper_and_closing_all_of_them() {
        let reserve = Reserve::new(2);
        std::thread::scope(|scope| {
            let [first, second] = [1, 2].map(|kind| reserve.sit(kind).unwrap());
            let first = scope.spawn(move || first.wait(Duration::ZERO, LONG));
            let second = scope.spawn(move || second.wait(Duration::from_millis(1), LONG));
            assert_eq!(reserve.call(&1, "work"), Ok(()));
            assert_eq!(first.join().unwrap(), Some("work"));
            reserve.close();
            assert_eq!(second.join().unwrap(), None);
        });
        assert!(reserve.sit(1).is_none());
        assert_eq!(reserve.call(&1, "work"), Err("work"));
    }

    #[test]
    fn what_was_given_is_never_lost() {
        let reserve = Reserve::new(2);
        let taken = AtomicUsize::new(0);
        let given = std::thread::scope(|scope| {
            for micros in [0, 30] {
                let (reserve, taken) = (&reserve, &taken);
                scope.spawn(move || {
                    for _ in 0..3_000 {
                        let seat = reserve.sit(()).unwrap();
                        let called = seat.wait(Duration::ZERO, Duration::from_micros(micros));
                        taken.fetch_add(called.unwrap_or(0), Ordering::SeqCst);
                    }
                });
            }
            (0..20_000).filter(|_| reserve.call(&(), 1).is_ok()).count()
        });
        assert_eq!(taken.into_inner(), given);
    }
}
