//! Threads that sleep on places, to be woken by place: what a futex does, for waits that are done with a [`Waiter`].

use std::sync::Arc;

use super::Deadline;
use super::event::Event;
use super::sync::{AtomicBool, AtomicUsize, Mutex, Ordering, fence, in_order, lock};
use super::waiter::{Wait, Waiter};

/// A model has few places, and pays for every lock.
const BUCKETS: usize = if cfg!(loom) { 1 } else { 64 };

/// The sleepers of all places; places are any numbers.
#[derive(Debug)]
pub struct Parking {
    buckets: Vec<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// Those in `sleepers`, and those who are about to look whether they must sleep.
    near: AtomicUsize,
    sleepers: Mutex<Vec<Arc<Sleeper>>>,
}

#[derive(Debug)]
struct Sleeper {
    place: usize,
    event: Arc<Event>,
    woken: AtomicBool,
}

impl Default for Parking {
    fn default() -> Self {
        let bucket = || Bucket {
            near: AtomicUsize::new(0),
            sleepers: Mutex::new(Vec::new()),
        };
        Self {
            buckets: std::iter::repeat_with(bucket).take(BUCKETS).collect(),
        }
    }
}

impl Parking {
    fn bucket(&self, place: usize) -> &Bucket {
        // Places are addresses of cells: neighbours are to be in different buckets.
        &self.buckets[(place >> 2 ^ place >> 8) % BUCKETS]
    }

    /// Sleeps on `place`, if `wanted` still says so: what it looks at was changed before the wake-up that must not be lost.
    /// `Done`: woken, or not wanted.
    pub fn sleep(
        &self,
        place: usize,
        wanted: impl FnOnce() -> bool,
        waiter: &mut dyn Waiter,
        deadline: Deadline,
    ) -> Wait {
        let bucket = self.bucket(place);
        bucket.near.fetch_add(1, Ordering::SeqCst);
        in_order();
        let _gone = Gone(bucket);
        let sleeper = Arc::new(Sleeper {
            place,
            event: Arc::clone(waiter.event()),
            woken: AtomicBool::new(false),
        });
        {
            let mut sleepers = lock(&bucket.sleepers);
            if !wanted() {
                return Wait::Done;
            }
            sleepers.push(Arc::clone(&sleeper));
        }
        let ended = waiter.wait(&|| sleeper.woken.load(Ordering::Acquire), deadline);
        if ended == Wait::Forked {
            return ended;
        }
        let mut sleepers = lock(&bucket.sleepers);
        if sleeper.woken.load(Ordering::Acquire) {
            return Wait::Done;
        }
        sleepers.retain(|other| !Arc::ptr_eq(other, &sleeper));
        ended
    }

    /// Wakes the `count` that have slept longest on `place`: how many that were.
    #[allow(clippy::must_use_candidate)]
    pub fn wake(&self, place: usize, count: usize) -> usize {
        let bucket = self.bucket(place);
        // Either the sleeper sees what was stored before, or this sees the sleeper.
        fence(Ordering::SeqCst);
        if bucket.near.load(Ordering::SeqCst) == 0 {
            return 0;
        }
        let mut woken = Vec::new();
        lock(&bucket.sleepers).retain(|sleeper| {
            let wake = sleeper.place == place && woken.len() < count;
            if wake {
                sleeper.woken.store(true, Ordering::Release);
                woken.push(Arc::clone(&sleeper.event));
            }
            !wake
        });
        for event in &woken {
            event.notify();
        }
        woken.len()
    }
}

struct Gone<'b>(&'b Bucket);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.near.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::core::waiter::Plain;
    use std::sync::atomic::AtomicU64;
    use std::time::Duration;

    fn long() -> Deadline {
        Deadline::after(Duration::from_secs(30))
    }

    #[test]
    fn who_does_not_want_to_sleep_does_not_and_who_is_not_woken_sleeps_to_the_end() {
        let parking = Parking::default();
        let mut waiter = Plain::default();
        assert_eq!(parking.sleep(8, || false, &mut waiter, long()), Wait::Done);
        let short = Deadline::after(Duration::from_millis(3));
        assert_eq!(parking.sleep(8, || true, &mut waiter, short), Wait::TimedOut);
        assert_eq!(parking.wake(8, 9), 0);
    }

    #[test]
    fn the_first_come_are_woken_first_and_other_places_sleep_on() {
        let parking = Parking::default();
        std::thread::scope(|scope| {
            let sleep = |place| {
                let before = lock(&parking.bucket(place).sleepers).len();
                let thread = scope.spawn({
                    let parking = &parking;
                    move || parking.sleep(place, || true, &mut Plain::default(), long())
                });
                while lock(&parking.bucket(place).sleepers).len() == before {
                    std::thread::yield_now();
                }
                thread
            };
            // 8 and 8 + 64 * 4 * 256 share a bucket.
            let sleepers = [sleep(8), sleep(8 + 64 * 4 * 256), sleep(8), sleep(8)];
            assert_eq!(parking.wake(8, 2), 2);
            let [one, other, two, three] = sleepers;
            assert_eq!((one.join().unwrap(), two.join().unwrap()), (Wait::Done, Wait::Done));
            assert!(!other.is_finished() && !three.is_finished());
            assert_eq!(parking.wake(8, usize::MAX), 1);
            assert_eq!(parking.wake(8 + 64 * 4 * 256, usize::MAX), 1);
            assert_eq!((other.join().unwrap(), three.join().unwrap()), (Wait::Done, Wait::Done));
        });
    }

    #[test]
    fn no_wake_up_is_lost() {
        const ROUNDS: u64 = 20_000;
        let (parking, ball) = (Parking::default(), AtomicU64::new(0));
        let play = |parity: u64| {
            let mut waiter = Plain::default();
            for round in (parity..ROUNDS).step_by(2) {
                loop {
                    let seen = ball.load(Ordering::SeqCst);
                    if seen == round {
                        break;
                    }
                    let wanted = || ball.load(Ordering::SeqCst) == seen;
                    assert_eq!(parking.sleep(4, wanted, &mut waiter, long()), Wait::Done);
                }
                ball.store(round + 1, Ordering::SeqCst);
                parking.wake(4, 1);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| play(0));
            play(1);
        });
        assert_eq!(ball.into_inner(), ROUNDS);
    }
}
