//! What a process may hold at most, whoever asks for it: the administrator's `ffi_zts.max_*`.
//!
//! A ceiling counts what is held on all threads together. What would pass it is refused, with an error that names the setting.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;

/// Workers, busy and spare.
pub static THREADS: Ceiling = Ceiling::new("ffi_zts.max_threads", Unit::Threads);
/// Memory of `SharedBuffer`s.
pub static SHARED_MEMORY: Ceiling = Ceiling::new("ffi_zts.max_shared_memory", Unit::Bytes);
/// Memory of values on their way: arguments, results, what waits in channels.
pub static QUEUED_MEMORY: Ceiling = Ceiling::new("ffi_zts.max_queued_memory", Unit::Bytes);

/// No limit.
pub const NONE: u64 = u64::MAX;

#[derive(Clone, Copy, Debug)]
enum Unit {
    Threads,
    Bytes,
}

/// See the top of this file.
#[derive(Debug)]
pub struct Ceiling {
    setting: &'static str,
    unit: Unit,
    limit: AtomicU64,
    used: AtomicU64,
}

impl Ceiling {
    const fn new(setting: &'static str, unit: Unit) -> Self {
        Self {
            setting,
            unit,
            limit: AtomicU64::new(NONE),
            used: AtomicU64::new(0),
        }
    }

    /// The setting, by its full name.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// Sets the limit; what is held already stays. [`NONE`]: there is none.
    pub fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// The limit, or [`NONE`].
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    /// What is held now. Of memory on its way, threads have small pieces in stock.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes `amount`, until the result is dropped.
    ///
    /// # Errors
    /// [`Error::Ceiling`]: that would be too much.
    pub fn take(&'static self, amount: u64) -> Result<Share, Error> {
        if self.add(amount) {
            return Ok(Share { ceiling: self, amount });
        }
        Err(self.refusal(amount))
    }

    fn add(&self, amount: u64) -> bool {
        let limit = self.limit();
        let more = |used: u64| used.checked_add(amount).filter(|&sum| sum <= limit);
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    fn subtract(&self, amount: u64) {
        self.used.fetch_sub(amount, Ordering::Relaxed);
    }

    /// Why there are no `amount` bytes more for `what`: too much for the ceiling, or no memory.
    #[must_use]
    pub fn shortage(&self, amount: u64, what: &str) -> Error {
        if self.used().checked_add(amount).is_none_or(|sum| sum > self.limit()) {
            return self.refusal(amount);
        }
        Error::State(format!("there is no memory for {amount} bytes of {what}"))
    }

    /// Why `amount` more is too much.
    #[must_use]
    pub fn refusal(&self, amount: u64) -> Error {
        let (limit, used) = (self.limit(), self.used());
        let (what, unit) = match self.unit {
            Unit::Threads => ("workers of this process", "of them"),
            Unit::Bytes => ("bytes of this process", "bytes"),
        };
        Error::Ceiling(format!(
            "{} allows {limit} {what}: {used} {unit} are in use, {amount} more are asked for (see php.ini)",
            self.setting
        ))
    }
}

/// What was taken of a ceiling.
#[derive(Debug)]
pub struct Share {
    ceiling: &'static Ceiling,
    amount: u64,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.ceiling.subtract(self.amount);
    }
}

/// What a thread takes of [`QUEUED_MEMORY`] at once, and has in stock up to twice.
const STOCK: u64 = 16 << 10;

/// A thread's stock: memory that it has taken and does not hold.
struct Stock(Cell<u64>);

impl Drop for Stock {
    fn drop(&mut self) {
        QUEUED_MEMORY.subtract(self.0.get());
    }
}

thread_local! {
    static IN_STOCK: Stock = const { Stock(Cell::new(0)) };
}

/// Takes bytes of [`QUEUED_MEMORY`]; false: that would be too much.
#[must_use]
pub fn queue_bytes(bytes: u64) -> bool {
    let taken = IN_STOCK.try_with(|stock| {
        if let Some(rest) = stock.0.get().checked_sub(bytes) {
            stock.0.set(rest);
            return true;
        }
        let missing = bytes - stock.0.get();
        if QUEUED_MEMORY.add(missing + STOCK) {
            stock.0.set(STOCK);
        } else if QUEUED_MEMORY.add(missing) {
            stock.0.set(0);
        } else {
            return false;
        }
        true
    });
    // At the end of a thread, where there is no stock any more.
    taken.unwrap_or_else(|_| QUEUED_MEMORY.add(bytes))
}

/// Gives bytes back that [`queue_bytes`] took, on any thread.
pub fn unqueue_bytes(bytes: u64) {
    let kept = IN_STOCK.try_with(|stock| {
        let have = stock.0.get() + bytes;
        let rest = have.min(STOCK);
        stock.0.set(if have > 2 * STOCK { rest } else { have });
        have - stock.0.get()
    });
    match kept.unwrap_or(bytes) {
        0 => {}
        surplus => QUEUED_MEMORY.subtract(surplus),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_free_again() {
        static CEILING: Ceiling = Ceiling::new("ffi_zts.max_threads", Unit::Threads);
        CEILING.set_limit(3);
        let two = CEILING.take(2).expect("room");
        let Err(Error::Ceiling(why)) = CEILING.take(2) else {
            panic!("more than there is")
        };
        assert_eq!(
            why,
            "ffi_zts.max_threads allows 3 workers of this process: 2 of them are in use, 2 more are asked for (see php.ini)"
        );
        let one = CEILING.take(1).expect("room");
        drop(two);
        assert_eq!(CEILING.used(), 1);
        drop(one);
        assert!(CEILING.take(3).is_ok());
        assert!(CEILING.take(u64::MAX).is_err());
    }

    /// On a thread of its own, which has ended.
    fn elsewhere(act: impl FnOnce() + Send + 'static) {
        std::thread::spawn(act).join().expect("no panic");
    }

    /// One thread takes and another one lets go, in amounts beside which what other tests hold is nothing.
    #[test]
    fn threads_that_end_have_nothing_in_stock() {
        const MUCH: u64 = 1 << 40;
        const SLACK: u64 = MUCH / 4;
        let before = QUEUED_MEMORY.used();
        elsewhere(|| assert!(queue_bytes(MUCH)));
        let held = QUEUED_MEMORY.used();
        assert!(held.abs_diff(before + MUCH) < SLACK, "{before}, then {held}");
        elsewhere(|| unqueue_bytes(MUCH));
        let after = QUEUED_MEMORY.used();
        assert!(after.abs_diff(before) < SLACK, "{before}, then {after}");

        // Small amounts come out of stock; with what the threads had in it, the sum would be much.
        for _ in 0..4096 {
            elsewhere(|| assert!(queue_bytes(1)));
        }
        elsewhere(|| unqueue_bytes(4096));
        let after = QUEUED_MEMORY.used();
        assert!(after.abs_diff(before) < 2048 * STOCK, "{before}, then {after}");
    }
}
