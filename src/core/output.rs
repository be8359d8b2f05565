//! The output of one job between its worker and the host's thread: bounded, in order, blocking the writer.

use std::sync::{Condvar, Mutex, PoisonError};

use super::event::lock;

/// Default bound in bytes.
pub const CAPACITY: usize = 1 << 20;
/// From this many bytes on the reader is woken whether or not it asked.
pub const HIGH_WATER: usize = 256 << 10;
/// Smallest allocation.
const FIRST: usize = 4096;

/// What the reader may want to know about a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// The buffer was empty.
    First,
    /// The high-water mark was passed.
    High,
}

/// Bytes written by the threads of a job and taken by another. What one write gives stays together while there is space.
#[derive(Debug)]
pub struct OutputBuffer {
    inner: Mutex<Inner>,
    space: Condvar,
    capacity: usize,
    high_water: usize,
}

#[derive(Debug)]
struct Inner {
    bytes: Vec<u8>,
    mode: Mode,
    /// Writers that wait for space.
    waiting: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Blocking,
    Stopping,
    Closed,
}

impl Default for OutputBuffer {
    fn default() -> Self {
        Self::new(CAPACITY, HIGH_WATER)
    }
}

impl OutputBuffer {
    /// A buffer of at most `capacity` bytes. Allocates nothing until the first write.
    #[must_use]
    pub fn new(capacity: usize, high_water: usize) -> Self {
        let inner = Inner {
            bytes: Vec::new(),
            mode: Mode::Blocking,
            waiting: 0,
        };
        Self {
            inner: Mutex::new(inner),
            space: Condvar::new(),
            capacity: capacity.max(1),
            high_water,
        }
    }

    /// Appends `bytes`, waiting for the reader whenever the buffer is full. `notice` is called without a lock held.
    /// Returns how many bytes were taken: fewer than given only once [`Self::stop`] or [`Self::close_reader`] was called.
    pub fn write(&self, bytes: &[u8], mut notice: impl FnMut(Fill)) -> usize {
        let mut written = 0;
        while written < bytes.len() {
            let mut inner = lock(&self.inner);
            while inner.bytes.len() >= self.capacity && inner.mode == Mode::Blocking {
                inner.waiting += 1;
                inner = self.space.wait(inner).unwrap_or_else(PoisonError::into_inner);
                inner.waiting -= 1;
            }
            let before = inner.bytes.len();
            let take = (bytes.len() - written).min(self.capacity.saturating_sub(before));
            if take == 0 || inner.mode == Mode::Closed {
                break;
            }
            if inner.bytes.capacity() == 0 {
                inner.bytes.reserve(take.max(FIRST));
            }
            inner.bytes.extend_from_slice(&bytes[written..written + take]);
            drop(inner);
            written += take;
            if before == 0 {
                notice(Fill::First);
            }
            if before < self.high_water && before + take >= self.high_water {
                notice(Fill::High);
            }
        }
        written
    }

    /// Puts everything written so far into `spare`, which must be empty and whose allocation the writer uses next.
    pub fn take(&self, spare: &mut Vec<u8>) {
        debug_assert!(spare.is_empty(), "bytes would be lost");
        let mut inner = lock(&self.inner);
        std::mem::swap(&mut inner.bytes, spare);
        if inner.waiting > 0 {
            self.space.notify_all();
        }
    }

    /// Whether nothing is to be taken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        lock(&self.inner).bytes.is_empty()
    }

    /// From now on the writer does not wait for space: what fits is kept, a write that does not fit comes back short.
    pub fn stop(&self) {
        self.set_mode(Mode::Stopping);
    }

    /// Nobody reads any more: what is buffered is dropped and every write returns 0.
    pub fn close_reader(&self) {
        let dropped = self.set_mode(Mode::Closed);
        drop(dropped);
    }

    fn set_mode(&self, mode: Mode) -> Vec<u8> {
        let mut inner = lock(&self.inner);
        if inner.mode != Mode::Closed {
            inner.mode = mode;
        }
        if inner.waiting > 0 {
            self.space.notify_all();
        }
        if mode == Mode::Closed {
            std::mem::take(&mut inner.bytes)
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    fn taken(buffer: &OutputBuffer) -> Vec<u8> {
        let mut bytes = Vec::new();
        buffer.take(&mut bytes);
        bytes
    }

    #[test]
    fn notices_first_bytes_and_high_water_once_each() {
        let buffer = OutputBuffer::new(16, 8);
        let mut seen = Vec::new();
        for _ in 0..4 {
            assert_eq!(buffer.write(b"abc", |fill| seen.push(fill)), 3);
        }
        assert_eq!(seen, [Fill::First, Fill::High]);
        assert_eq!(taken(&buffer), b"abcabcabcabc");
        assert_eq!(buffer.write(b"0123456789", |fill| seen.push(fill)), 10);
        assert_eq!(seen[2..], [Fill::First, Fill::High]);
    }

    #[test]
    fn a_slow_reader_bounds_memory_and_keeps_the_order() {
        const TOTAL: usize = 1 << 20;
        let buffer = OutputBuffer::new(1000, 500);
        let data: Vec<u8> = (0..TOTAL).map(|i| u8::try_from(i % 251).unwrap()).collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for chunk in data.chunks(777) {
                    assert_eq!(buffer.write(chunk, |_| ()), chunk.len());
                }
            });
            let mut received = Vec::with_capacity(TOTAL);
            while received.len() < TOTAL {
                let part = taken(&buffer);
                assert!(part.len() <= 1000);
                received.extend_from_slice(&part);
                std::thread::yield_now();
            }
            assert!(received == data);
        });
    }

    #[test]
    fn several_writers_all_wake() {
        const WRITERS: usize = 4;
        const EACH: usize = 50_000;
        let buffer = OutputBuffer::new(64, 32);
        let finished = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (buffer, finished) = (&buffer, &finished);
                scope.spawn(move || {
                    let bytes = [u8::try_from(writer).unwrap(); 10];
                    for _ in 0..EACH / bytes.len() {
                        assert_eq!(buffer.write(&bytes, |_| ()), bytes.len());
                    }
                    finished.fetch_add(1, Ordering::SeqCst);
                });
            }
            let mut counts = [0; WRITERS];
            let start = Instant::now();
            while counts.iter().sum::<usize>() < EACH * WRITERS {
                // Until each waits or has finished, so that nobody but this thread can wake one.
                while lock(&buffer.inner).waiting + finished.load(Ordering::SeqCst) < WRITERS {
                    assert!(start.elapsed() < Duration::from_secs(60), "a writer sleeps: {counts:?}");
                    std::thread::yield_now();
                }
                assert!(start.elapsed() < Duration::from_secs(60), "a writer sleeps: {counts:?}");
                for writer in taken(&buffer) {
                    counts[usize::from(writer)] += 1;
                }
            }
            assert_eq!(counts, [EACH; WRITERS]);
        });
    }

    fn blocked_writer_returns_after(act: impl Fn(&OutputBuffer)) -> usize {
        let buffer = OutputBuffer::new(10, 5);
        let returned = AtomicUsize::new(usize::MAX);
        std::thread::scope(|scope| {
            scope.spawn(|| returned.store(buffer.write(&[7; 25], |_| ()), Ordering::SeqCst));
            let start = Instant::now();
            while lock(&buffer.inner).waiting == 0 {
                assert!(start.elapsed() < Duration::from_secs(20));
                std::thread::yield_now();
            }
            assert_eq!(returned.load(Ordering::SeqCst), usize::MAX);
            act(&buffer);
        });
        returned.into_inner()
    }

    #[test]
    fn a_blocked_writer_wakes_when_the_reader_stops_or_closes() {
        assert_eq!(blocked_writer_returns_after(OutputBuffer::stop), 10);
        assert_eq!(blocked_writer_returns_after(OutputBuffer::close_reader), 10);
    }

    #[test]
    fn stopping_keeps_what_fits_and_closing_keeps_nothing() {
        let buffer = OutputBuffer::new(4, 4);
        buffer.stop();
        assert_eq!(buffer.write(b"abcdef", |_| ()), 4);
        assert_eq!(taken(&buffer), b"abcd");
        assert_eq!(buffer.write(b"xy", |_| ()), 2);
        buffer.close_reader();
        assert!(buffer.is_empty());
        assert_eq!(buffer.write(b"z", |_| ()), 0);
        buffer.stop();
        assert_eq!(buffer.write(b"z", |_| ()), 0, "a closed reader stays closed");
    }
}
