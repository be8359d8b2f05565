//! Work on its way to the workers: many senders, many receivers, first in, first out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::event::lock;

/// How many looks a spinning receiver takes between two looks at the clock.
const LOOKS: u32 = 32;

/// A queue that can be closed; what is left then goes back to the closer.
#[derive(Debug)]
pub struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    /// Items, as those see it who do not lock.
    len: AtomicUsize,
    /// Counts [`Queue::poke`] and [`Queue::close`].
    pokes: AtomicU64,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<T>,
    closed: bool,
    sleepers: usize,
}

/// What a receiver got.
#[derive(Debug, PartialEq, Eq)]
pub enum Popped<T> {
    /// The oldest item.
    Item(T),
    /// No item, but somebody wants every receiver to look around.
    Poked,
    /// The queue is closed and empty.
    Closed,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                items: VecDeque::new(),
                closed: false,
                sleepers: 0,
            }),
            changed: Condvar::new(),
            len: AtomicUsize::new(0),
            pokes: AtomicU64::new(0),
        }
    }
}

impl<T> Queue<T> {
    /// Adds an item.
    ///
    /// # Errors
    /// The queue is closed; the item comes back.
    pub fn push(&self, item: T) -> Result<(), T> {
        let mut state = lock(&self.state);
        if state.closed {
            return Err(item);
        }
        state.items.push_back(item);
        self.len.store(state.items.len(), Ordering::SeqCst);
        let wake = state.sleepers > 0;
        drop(state);
        if wake {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Takes the oldest item: looks for `spin`, then sleeps until there is one. While it looks, it lets others on the same
    /// processor go first: the sender may be among them. `seen` is the receiver's own count of pokes, 0 at first. `claim` notes
    /// whose the item is now, before it is gone from the queue for others ([`Queue::snapshot`]).
    pub fn pop(&self, spin: Duration, seen: &mut u64, claim: impl Fn(&T)) -> Popped<T> {
        let mut start = None; // the clock costs more than what a busy receiver finds at once
        loop {
            for _ in 0..LOOKS {
                if self.len.load(Ordering::SeqCst) > 0 || self.pokes.load(Ordering::SeqCst) != *seen {
                    if let Some(popped) = self.look(seen, &claim) {
                        return popped;
                    }
                } else {
                    std::hint::spin_loop();
                }
            }
            if start.get_or_insert_with(Instant::now).elapsed() >= spin {
                return self.sleep(seen, &claim);
            }
            std::thread::yield_now();
        }
    }

    fn look(&self, seen: &mut u64, claim: &impl Fn(&T)) -> Option<Popped<T>> {
        let mut state = lock(&self.state);
        self.take(&mut state, seen, claim)
    }

    fn sleep(&self, seen: &mut u64, claim: &impl Fn(&T)) -> Popped<T> {
        let mut state = lock(&self.state);
        loop {
            if let Some(popped) = self.take(&mut state, seen, claim) {
                return popped;
            }
            state.sleepers += 1;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.sleepers -= 1;
        }
    }

    fn take(&self, state: &mut State<T>, seen: &mut u64, claim: &impl Fn(&T)) -> Option<Popped<T>> {
        if let Some(item) = state.items.pop_front() {
            claim(&item);
            self.len.store(state.items.len(), Ordering::SeqCst);
            return Some(Popped::Item(item));
        }
        if state.closed {
            return Some(Popped::Closed);
        }
        let count = self.pokes.load(Ordering::SeqCst);
        (std::mem::replace(seen, count) != count).then_some(Popped::Poked)
    }

    /// Takes the oldest item if there is one.
    pub fn try_pop(&self) -> Option<T> {
        let mut state = lock(&self.state);
        let item = state.items.pop_front();
        self.len.store(state.items.len(), Ordering::SeqCst);
        item
    }

    /// What is there now, oldest first.
    pub fn snapshot(&self) -> Vec<T>
    where
        T: Clone,
    {
        lock(&self.state).items.iter().cloned().collect()
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.len.load(Ordering::SeqCst)
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Has every receiver that finds no item look around once.
    pub fn poke(&self) {
        let state = lock(&self.state);
        self.pokes.fetch_add(1, Ordering::SeqCst);
        drop(state);
        self.changed.notify_all();
    }

    /// Refuses items from now on; receivers take what is left, then they are told.
    pub fn seal(&self) {
        lock(&self.state).closed = true;
        self.poke();
    }

    /// Refuses items from now on, wakes every receiver, and returns what was not taken.
    pub fn close(&self) -> Vec<T> {
        let mut state = lock(&self.state);
        state.closed = true;
        let left = state.items.drain(..).collect();
        self.len.store(0, Ordering::SeqCst);
        drop(state);
        self.poke();
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pop<T>(queue: &Queue<T>, spin: Duration) -> Option<T> {
        let mut seen = 0;
        loop {
            match queue.pop(spin, &mut seen, |_| {}) {
                Popped::Item(item) => return Some(item),
                Popped::Closed => return None,
                Popped::Poked => {}
            }
        }
    }

    #[test]
    fn first_in_first_out() {
        let queue = Queue::default();
        (0..5).for_each(|i| queue.push(i).unwrap());
        assert_eq!(queue.len(), 5);
        assert_eq!((queue.try_pop(), pop(&queue, Duration::ZERO)), (Some(0), Some(1)));
        assert_eq!(queue.close(), [2, 3, 4]);
        assert_eq!(queue.push(9), Err(9));
        assert_eq!(pop(&queue, Duration::from_secs(20)), None);
        assert!(queue.is_empty());
    }

    #[test]
    fn a_sealed_queue_is_emptied_first() {
        let queue = Queue::default();
        queue.push(1).unwrap();
        queue.seal();
        assert_eq!(queue.push(2), Err(2));
        assert_eq!(
            (pop(&queue, Duration::ZERO), pop(&queue, Duration::ZERO)),
            (Some(1), None)
        );
    }

    #[test]
    fn a_poke_is_seen_once_by_each_and_items_go_first() {
        let queue = Queue::default();
        let mut seen = [0, 0];
        queue.poke();
        assert_eq!(queue.pop(Duration::ZERO, &mut seen[0], |_| {}), Popped::Poked);
        queue.push(7).unwrap();
        assert_eq!(queue.pop(Duration::ZERO, &mut seen[1], |_| {}), Popped::Item(7));
        assert_eq!(queue.pop(Duration::ZERO, &mut seen[1], |_| {}), Popped::Poked);
        std::thread::scope(|scope| {
            let sleeper = scope.spawn(|| queue.pop(Duration::ZERO, &mut seen[0], |_| {}));
            queue.poke();
            assert_eq!(sleeper.join().unwrap(), Popped::Poked);
        });
    }

    #[test]
    fn every_item_is_taken_once() {
        const ITEMS: usize = 30_000;
        let (queue, sum) = (Queue::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for spin in [0, 5, 50] {
                let (queue, sum) = (&queue, &sum);
                scope.spawn(move || {
                    while let Some(item) = pop(queue, Duration::from_micros(spin)) {
                        sum.fetch_add(item, Ordering::SeqCst);
                    }
                });
            }
            (1..=ITEMS).for_each(|item| queue.push(item).unwrap());
            while !queue.is_empty() {
                std::thread::yield_now();
            }
            assert!(queue.close().is_empty());
        });
        assert_eq!(sum.into_inner(), ITEMS * (ITEMS + 1) / 2);
    }

    #[test]
    fn closing_wakes_sleeping_receivers() {
        let queue = Queue::<u8>::default();
        std::thread::scope(|scope| {
            let sleepers: Vec<_> = (0..3).map(|_| scope.spawn(|| pop(&queue, Duration::ZERO))).collect();
            queue.close();
            for sleeper in sleepers {
                assert_eq!(sleeper.join().unwrap(), None);
            }
        });
    }
}
