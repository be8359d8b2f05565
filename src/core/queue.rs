//! Work on its way to the workers: many senders, many receivers, first in, first out.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TryRecvError};

/// How many looks a spinning receiver takes between two looks at the clock.
const LOOKS: u32 = 32;

/// An unbounded queue that can be closed; what is left then goes back to the closer.
#[derive(Debug)]
pub struct Queue<T> {
    sender: RwLock<Option<Sender<T>>>,
    receiver: Receiver<T>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let (sender, receiver) = crossbeam_channel::unbounded();
        Self {
            sender: RwLock::new(Some(sender)),
            receiver,
        }
    }
}

impl<T> Queue<T> {
    /// Adds an item.
    ///
    /// # Errors
    /// The queue is closed; the item comes back.
    pub fn push(&self, item: T) -> Result<(), T> {
        match &*self.sender.read().unwrap_or_else(PoisonError::into_inner) {
            Some(sender) => sender.send(item).map_err(|refused| refused.0),
            None => Err(item),
        }
    }

    /// Takes the oldest item: looks for `spin`, then sleeps until there is one. While it looks, it lets others on the same
    /// processor go first: the sender may be among them.
    /// `None` when the queue is closed and empty.
    pub fn pop(&self, spin: Duration) -> Option<T> {
        let start = Instant::now();
        loop {
            for _ in 0..LOOKS {
                match self.receiver.try_recv() {
                    Ok(item) => return Some(item),
                    Err(TryRecvError::Disconnected) => return None,
                    Err(TryRecvError::Empty) => std::hint::spin_loop(),
                }
            }
            if start.elapsed() >= spin {
                return self.receiver.recv().ok();
            }
            std::thread::yield_now();
        }
    }

    /// Takes the oldest item if there is one.
    pub fn try_pop(&self) -> Option<T> {
        self.receiver.try_recv().ok()
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.receiver.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.receiver.is_empty()
    }

    /// Refuses items from now on, wakes every receiver, and returns what was not taken.
    pub fn close(&self) -> Vec<T> {
        drop(self.sender.write().unwrap_or_else(PoisonError::into_inner).take());
        self.receiver.try_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn first_in_first_out() {
        let queue = Queue::default();
        (0..5).for_each(|i| queue.push(i).unwrap());
        assert_eq!(queue.len(), 5);
        assert_eq!((queue.try_pop(), queue.pop(Duration::ZERO)), (Some(0), Some(1)));
        assert_eq!(queue.close(), [2, 3, 4]);
        assert_eq!(queue.push(9), Err(9));
        assert_eq!(queue.pop(Duration::from_secs(20)), None);
        assert!(queue.is_empty());
    }

    #[test]
    fn every_item_is_taken_once() {
        const ITEMS: usize = 30_000;
        let (queue, sum) = (Queue::default(), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for spin in [0, 5, 50] {
                let (queue, sum) = (&queue, &sum);
                scope.spawn(move || {
                    while let Some(item) = queue.pop(Duration::from_micros(spin)) {
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
            let sleepers: Vec<_> = (0..3).map(|_| scope.spawn(|| queue.pop(Duration::ZERO))).collect();
            queue.close();
            for sleeper in sleepers {
                assert_eq!(sleeper.join().unwrap(), None);
            }
        });
    }
}
