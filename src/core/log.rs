//! Log lines on their way to the host's log, bounded in memory.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::event::lock;

/// Lines that no one has fetched yet. Beyond its bound new lines are dropped and counted: a log must not block a job.
#[derive(Debug)]
pub struct LogQueue {
    held: Mutex<Held>,
    lines: AtomicUsize,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Held {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped: usize,
}

impl LogQueue {
    /// A queue of at most `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            held: Mutex::default(),
            lines: AtomicUsize::new(0),
            capacity,
        }
    }

    /// Adds a line; says whether the queue was empty before.
    pub fn push(&self, line: &[u8]) -> bool {
        let mut held = lock(&self.held);
        if held.bytes + line.len() > self.capacity {
            held.dropped += 1;
            return false;
        }
        held.bytes += line.len();
        held.lines.push_back(line.to_vec());
        self.lines.store(held.lines.len(), Ordering::SeqCst);
        held.lines.len() == 1
    }

    /// Takes the oldest line; where lines were dropped, the last one says so.
    pub fn pop(&self) -> Option<Vec<u8>> {
        if self.is_empty() {
            return None;
        }
        let mut held = lock(&self.held);
        let line = held.lines.pop_front()?;
        held.bytes -= line.len();
        if held.lines.is_empty() && held.dropped > 0 {
            let note = format!(
                "ffi_zts: {} log lines were dropped, the host did not fetch them",
                held.dropped
            );
            held.dropped = 0;
            held.bytes += note.len();
            held.lines.push_back(note.into_bytes());
        }
        self.lines.store(held.lines.len(), Ordering::SeqCst);
        Some(line)
    }

    /// Whether there is nothing to fetch. Does not lock.
    pub fn is_empty(&self) -> bool {
        self.lines.load(Ordering::SeqCst) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_order() {
        let log = LogQueue::new(1024);
        assert!(log.push(b"one") && !log.push(b"two"));
        assert_eq!(log.pop().as_deref(), Some(&b"one"[..]));
        assert_eq!(log.pop().as_deref(), Some(&b"two"[..]));
        assert!(log.pop().is_none() && log.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_dropped_and_counted() {
        let log = LogQueue::new(8);
        for line in [&b"12345678"[..], b"x", b"y"] {
            log.push(line);
        }
        assert_eq!(log.pop().as_deref(), Some(&b"12345678"[..]));
        assert!(
            String::from_utf8(log.pop().unwrap())
                .unwrap()
                .contains("2 log lines were dropped")
        );
        assert!(log.is_empty());
        assert!(log.push(b"fits"));
    }
}
