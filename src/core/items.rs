//! The items of one task of a map: those that have begun, and those that may.
//!
//! The worker claims one item after the other. Others may lower the limit meanwhile: what has not begun is then somebody
//! else's, and no item is ever claimed on both sides, since both numbers are one word.

use std::sync::atomic::{AtomicU64, Ordering};

/// See the top of this file. The upper half of the word is the limit, the lower the number of items that have begun; C claims
/// items in the same way (`guest/shim/task.c`).
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct Items(AtomicU64);

const fn word(limit: u32, begun: u32) -> u64 {
    (limit as u64) << 32 | begun as u64
}

#[expect(clippy::cast_possible_truncation, reason = "each is half of the word")]
const fn halves(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

impl Items {
    /// So many, none of which has begun; 0: it is no map.
    #[must_use]
    pub const fn new(count: u32) -> Self {
        Self(AtomicU64::new(word(count, 0)))
    }

    /// How many the task may begin, and how many it has begun.
    #[must_use]
    pub fn limit_and_begun(&self) -> (u32, u32) {
        halves(self.0.load(Ordering::Acquire))
    }

    /// Begins the next item, if there is one.
    pub fn claim(&self) -> bool {
        self.change(|limit, begun| (begun < limit).then(|| (limit, begun + 1)))
            .is_some()
    }

    /// Whether it has items that have not begun, beyond the one that it begins with.
    #[must_use]
    pub fn can_be_cut(&self) -> bool {
        let (limit, begun) = self.limit_and_begun();
        limit > begun.max(1)
    }

    /// Leaves the task those items alone that it has begun. `None`: it has begun none, or all of them; else how many they are.
    pub fn cut(&self) -> Option<u32> {
        self.change(|limit, begun| (0 < begun && begun < limit).then_some((begun, begun)))
            .map(|(limit, _)| limit)
    }

    /// Leaves the task at most `most` items; before it begins.
    pub fn allow(&self, most: u64) {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        self.change(|limit, begun| (most < limit).then_some((most, begun)));
    }

    fn change(&self, to: impl Fn(u32, u32) -> Option<(u32, u32)>) -> Option<(u32, u32)> {
        let mut known = self.0.load(Ordering::Acquire);
        loop {
            let (limit, begun) = halves(known);
            let (limit, begun) = to(limit, begun)?;
            match self
                .0
                .compare_exchange_weak(known, word(limit, begun), Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return Some((limit, begun)),
                Err(now) => known = now,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_begun_stays_and_the_rest_goes() {
        let items = Items::new(3);
        assert_eq!(
            items.cut(),
            None,
            "nothing has begun: whoever waits in the queue is left alone"
        );
        assert!(items.claim());
        assert_eq!(items.cut(), Some(1));
        assert!(!items.claim());
        assert_eq!((items.cut(), items.limit_and_begun()), (None, (1, 1)));
        let allowed = Items::new(3);
        allowed.allow(5);
        allowed.allow(2);
        assert!(allowed.claim() && allowed.claim() && !allowed.claim());
        assert!(!Items::new(0).claim());
    }

    #[test]
    fn no_item_is_on_both_sides() {
        for _ in 0..200 {
            let items = Items::new(1000);
            std::thread::scope(|scope| {
                let worker = scope.spawn(|| {
                    let mut claimed = 0;
                    while items.claim() {
                        claimed += 1;
                    }
                    claimed
                });
                let kept = loop {
                    match items.cut() {
                        Some(kept) => break kept,
                        None if items.limit_and_begun() == (1000, 1000) => break 1000,
                        None => std::hint::spin_loop(),
                    }
                };
                assert_eq!(worker.join().unwrap(), kept);
            });
        }
    }
}
