//! A channel: values from any thread to any thread, in the order of their sending.
//!
//! # How it works
//! Everything is under one lock, which is held for a few instructions. A thread that has to wait leaves a [`Waiting`] in the
//! queue of its side and parks on its event; whoever ends its wait hands the value over there, under the lock, and notifies the
//! event after it. So a value goes straight to the receiver that has waited longest, and the wait of a sender is over in the
//! moment in which its value is received.
//!
//! Between two operations: who waits to receive finds nothing there, so `receivers` and (`buffer` or `senders`) are never both
//! occupied; `senders` wait only while `buffer` is full; a closed channel has nobody waiting.
//!
//! A wait that ends otherwise withdraws: a sender takes its value back. A receiver that was given a value in that very moment
//! has it; if it cannot use it, [`Channel::put_back`] makes it the next one to be received.
//!
//! # Forsaken channels
//! A channel knows how many handles it has. One without a name that was shared, and all of whose handles are now waited with, without a
//! limit of time, would be waited for for ever: nobody is left who could end that. It is closed. So is any channel that the last
//! thread of all waits with ([`Channel::desert`]).

mod registry;
#[cfg(all(test, not(loom)))]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

pub use registry::{Registry, RegistryError};

use super::Deadline;
use super::ceiling;
use super::event::Event;
use super::select::Source;
use super::sync::{AtomicBool, AtomicUsize, Mutex, Ordering, lock};
use super::waiter::{Wait, Waiter};

/// How many values may wait to be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// So many; with 0 a sender waits until its value has been received.
    Bounded(usize),
    /// As many as there is memory for.
    Unbounded,
}

/// Why a value was not sent; it comes back.
#[derive(Debug, PartialEq, Eq)]
pub enum SendError<T> {
    /// The channel is closed.
    Closed(T),
    /// Nobody took it in time.
    TimedOut(T),
    /// The thread must return to its VM.
    Interrupted(T),
    /// There is no memory for more values, or a ceiling allows no more: how many bytes were wanted.
    Refused(T, u64),
    /// See [`Wait::Forked`]: the value is the parent's.
    Forked,
}

/// Why nothing was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecvError {
    /// The channel is closed, and nothing is left in it.
    Closed,
    /// Nothing came in time.
    TimedOut,
    /// The thread must return to its VM.
    Interrupted,
    /// See [`Wait::Forked`].
    Forked,
}

/// Something outside that shows whether a value, or the end, can be received (or sent: [`Channel::room_descriptor`]): raised
/// while it can.
pub trait Sign: Send + Sync {
    /// Called under the channel's lock, at every change: it must not block, nor come back.
    fn set(&self, raised: bool);

    /// A descriptor of the caller's own that is readable while the sign is raised.
    ///
    /// # Errors
    /// The process is out of descriptors.
    fn descriptor(&self) -> io::Result<OwnedFd>;
}

/// Values on their way between threads. Handles are `Arc`s of it.
pub struct Channel<T> {
    name: Option<Box<[u8]>>,
    limit: usize,
    /// Whoever can use it: see [`Channel::handle_made`].
    handles: AtomicUsize,
    /// It has had more than one.
    shared: AtomicBool,
    state: Mutex<State<T>>,
}

struct State<T> {
    buffer: VecDeque<T>,
    /// Bytes of the buffer, as [`ceiling::queue_bytes`] counts them.
    counted: u64,
    /// Each with its value, in the order of their coming.
    senders: VecDeque<Arc<Waiting<T>>>,
    receivers: VecDeque<Arc<Waiting<T>>>,
    /// Of those who want to know when something can be received, and do not receive it here.
    watchers: Vec<Arc<Event>>,
    sign: Option<Box<dyn Sign>>,
    /// Raised while something can be sent at once; what it shows beside it.
    room: Option<(Box<dyn Sign>, bool)>,
    limit: usize,
    closed: bool,
    /// Closed since nobody was left.
    forsaken: bool,
}

/// A thread that waits. `over` is set once, under the channel's lock: the value has changed its place, or the channel closed.
struct Waiting<T> {
    event: Arc<Event>,
    over: AtomicBool,
    value: Mutex<Option<T>>,
    /// Without a limit of time.
    endless: bool,
}

impl<T> Waiting<T> {
    fn new(event: &Arc<Event>, value: Option<T>, deadline: Deadline) -> Arc<Self> {
        Arc::new(Self {
            endless: deadline.remaining().is_none(),
            event: Arc::clone(event),
            over: AtomicBool::new(false),
            value: Mutex::new(value),
        })
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    /// Ends the wait. Under the channel's lock.
    fn end(&self) {
        self.over.store(true, Ordering::Release);
    }
}

/// Who is to be woken when the lock is released.
#[derive(Default)]
struct Wake {
    one: Option<Arc<Event>>,
    all: Vec<Arc<Event>>,
}

impl Wake {
    fn now(self) {
        for event in self.one.iter().chain(&self.all) {
            event.notify();
        }
    }
}

enum TrySend<T> {
    Sent(Wake),
    Refused(T, u64),
    Full(T),
    Closed(T),
}

enum TryRecv<T> {
    Received(T, Wake),
    Empty,
    Closed,
}

impl<T> State<T> {
    fn receivable(&self) -> bool {
        self.closed || !self.buffer.is_empty() || !self.senders.is_empty()
    }

    fn sendable(&self) -> bool {
        self.closed || !self.receivers.is_empty() || self.buffer.len() < self.limit
    }

    /// Whether a value can come or go without anybody being told: nobody waits, nobody watches, and it is open.
    fn is_quiet(&self) -> bool {
        self.receivers.is_empty()
            && self.senders.is_empty()
            && self.watchers.is_empty()
            && self.sign.is_none()
            && self.room.is_none()
            && !self.closed
    }

    /// After a change: who wants to know when something can be sent is told where it makes a difference.
    fn room_changed(&mut self) {
        let now = self.sendable();
        if let Some((sign, shown)) = &mut self.room
            && *shown != now
        {
            sign.set(now);
            *shown = now;
        }
    }

    /// After a change: what watches is told where it makes a difference.
    fn changed(&mut self, before: bool, wake: &mut Wake) {
        self.room_changed();
        let now = self.receivable();
        if now != before
            && let Some(sign) = &self.sign
        {
            sign.set(now);
        }
        if now && !self.watchers.is_empty() {
            wake.all.extend(self.watchers.iter().cloned());
        }
    }

    /// Closes it: ends all waits.
    fn shut(&mut self, wake: &mut Wake) {
        let before = self.receivable();
        self.closed = true;
        let senders = std::mem::take(&mut self.senders);
        for waiting in senders.into_iter().chain(std::mem::take(&mut self.receivers)) {
            waiting.end();
            wake.all.push(Arc::clone(&waiting.event));
        }
        self.changed(before, wake);
    }

    fn try_send(&mut self, value: T) -> TrySend<T> {
        if self.closed {
            return TrySend::Closed(value);
        }
        let mut wake = Wake::default();
        if let Some(receiver) = self.receivers.pop_front() {
            *lock(&receiver.value) = Some(value);
            receiver.end();
            wake.one = Some(Arc::clone(&receiver.event));
            self.room_changed();
        } else if self.buffer.len() < self.limit {
            if let Err(bytes) = self.make_room() {
                return TrySend::Refused(value, bytes);
            }
            let before = self.receivable();
            self.buffer.push_back(value);
            self.changed(before, &mut wake);
        } else {
            return TrySend::Full(value);
        }
        TrySend::Sent(wake)
    }

    /// Room for another value in the buffer; an error says for how many bytes there is none.
    fn make_room(&mut self) -> Result<(), u64> {
        let capacity = self.buffer.capacity();
        if self.buffer.len() < capacity {
            return Ok(());
        }
        let more = capacity.max(4).min(self.limit - self.buffer.len());
        let bytes = (more * size_of::<T>()) as u64;
        if !ceiling::queue_bytes(bytes) {
            return Err(bytes);
        }
        if self.buffer.try_reserve_exact(more).is_err() {
            ceiling::unqueue_bytes(bytes);
            return Err(bytes);
        }
        self.counted += bytes;
        Ok(())
    }

    fn try_recv(&mut self) -> TryRecv<T> {
        let mut wake = Wake::default();
        let value = if let Some(value) = self.buffer.pop_front() {
            if self.buffer.len() < self.limit
                && let Some((next, event)) = self.next_sender()
            {
                self.buffer.push_back(next);
                wake.one = Some(event);
            }
            value
        } else if let Some((value, event)) = self.next_sender() {
            wake.one = Some(event);
            value
        } else if self.closed {
            return TryRecv::Closed;
        } else {
            return TryRecv::Empty;
        };
        self.changed(true, &mut wake);
        TryRecv::Received(value, wake)
    }

    /// Ends the wait of the sender that has waited longest.
    fn next_sender(&mut self) -> Option<(T, Arc<Event>)> {
        let sender = self.senders.pop_front()?;
        let value = lock(&sender.value).take().expect("a waiting sender has its value");
        sender.end();
        Some((value, Arc::clone(&sender.event)))
    }
}

impl<T> Drop for State<T> {
    fn drop(&mut self) {
        ceiling::unqueue_bytes(self.counted);
    }
}

fn remove<T>(queue: &mut VecDeque<Arc<Waiting<T>>>, waiting: &Arc<Waiting<T>>) {
    queue.retain(|other| !Arc::ptr_eq(other, waiting));
}

impl<T> Channel<T> {
    /// A channel without a name.
    #[must_use]
    pub fn new(capacity: Capacity) -> Self {
        Self::named(None, capacity)
    }

    fn named(name: Option<Box<[u8]>>, capacity: Capacity) -> Self {
        let limit = match capacity {
            Capacity::Bounded(limit) => limit,
            Capacity::Unbounded => usize::MAX,
        };
        Self {
            name,
            limit,
            handles: AtomicUsize::new(1),
            shared: AtomicBool::new(false),
            state: Mutex::new(State {
                buffer: VecDeque::new(),
                counted: 0,
                senders: VecDeque::new(),
                receivers: VecDeque::new(),
                watchers: Vec::new(),
                sign: None,
                room: None,
                limit,
                closed: false,
                forsaken: false,
            }),
        }
    }

    /// The name under which it can be opened.
    #[must_use]
    pub fn name(&self) -> Option<&[u8]> {
        self.name.as_deref()
    }

    /// How many values may wait to be received.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        match self.limit {
            usize::MAX => Capacity::Unbounded,
            limit => Capacity::Bounded(limit),
        }
    }

    /// Values that wait to be received, those of waiting senders among them.
    pub fn len(&self) -> usize {
        let state = lock(&self.state);
        state.buffer.len() + state.senders.len()
    }

    /// Whether no value waits to be received.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing can be sent any more.
    pub fn is_closed(&self) -> bool {
        lock(&self.state).closed
    }

    /// Whether it is closed because nobody was left who could have ended the waits.
    pub fn is_forsaken(&self) -> bool {
        lock(&self.state).forsaken
    }

    /// There is one handle more with which it can be used, on some thread or on its way to one. A new channel has one.
    pub fn handle_made(&self) {
        self.shared.store(true, Ordering::SeqCst);
        self.handles.fetch_add(1, Ordering::SeqCst);
    }

    /// There is one less.
    pub fn handle_dropped(&self) {
        self.handles.fetch_sub(1, Ordering::SeqCst);
        if self.name.is_some() || !self.shared.load(Ordering::SeqCst) {
            return;
        }
        let mut wake = Wake::default();
        self.forsake(&mut lock(&self.state), &mut wake);
        wake.now();
    }

    /// Closes it if nobody is left who could end the waits. Under the lock, after a wait has begun or a handle has gone.
    fn forsake(&self, state: &mut State<T>, wake: &mut Wake) {
        // By its name anybody may come to it.
        if state.closed || self.name.is_some() || !self.shared.load(Ordering::SeqCst) {
            return;
        }
        let waits = state.senders.iter().chain(&state.receivers);
        let endless = waits.filter(|waiting| waiting.endless).count();
        if endless > 0 && endless == self.handles.load(Ordering::SeqCst) {
            state.forsaken = true;
            state.shut(wake);
        }
    }

    /// Closes it as a forsaken one: the caller's thread is the only one that there is, and is about to wait with it.
    pub fn desert(&self) {
        let mut wake = Wake::default();
        let mut state = lock(&self.state);
        if !state.closed {
            state.forsaken = true;
            state.shut(&mut wake);
        }
        drop(state);
        wake.now();
    }

    /// Sends if that is possible at once.
    ///
    /// # Errors
    /// `TimedOut`: there is no room, or (capacity 0) nobody who waits to receive.
    pub fn try_send(&self, value: T) -> Result<(), SendError<T>> {
        let mut state = lock(&self.state);
        if state.is_quiet() && state.buffer.len() < state.buffer.capacity().min(state.limit) {
            state.buffer.push_back(value);
            return Ok(());
        }
        let tried = state.try_send(value);
        drop(state);
        match tried {
            TrySend::Sent(wake) => {
                wake.now();
                Ok(())
            }
            TrySend::Full(value) => Err(SendError::TimedOut(value)),
            TrySend::Refused(value, bytes) => Err(SendError::Refused(value, bytes)),
            TrySend::Closed(value) => Err(SendError::Closed(value)),
        }
    }

    /// Receives if that is possible at once.
    ///
    /// # Errors
    /// `TimedOut`: there is nothing.
    pub fn try_recv(&self) -> Result<T, RecvError> {
        let mut state = lock(&self.state);
        if state.is_quiet() {
            return state.buffer.pop_front().ok_or(RecvError::TimedOut);
        }
        let tried = state.try_recv();
        drop(state);
        match tried {
            TryRecv::Received(value, wake) => {
                wake.now();
                Ok(value)
            }
            TryRecv::Empty => Err(RecvError::TimedOut),
            TryRecv::Closed => Err(RecvError::Closed),
        }
    }

    /// Sends; waits until there is room or, with capacity 0, until the value has been received.
    ///
    /// # Errors
    /// The value comes back, but in the child of a fork: nobody has received it.
    pub fn send(&self, value: T, waiter: &mut dyn Waiter, deadline: Deadline) -> Result<(), SendError<T>> {
        let waiting = {
            let mut state = lock(&self.state);
            match state.try_send(value) {
                TrySend::Sent(wake) => {
                    drop(state);
                    wake.now();
                    return Ok(());
                }
                TrySend::Closed(value) => return Err(SendError::Closed(value)),
                TrySend::Refused(value, bytes) => return Err(SendError::Refused(value, bytes)),
                TrySend::Full(value) => {
                    let before = state.receivable();
                    let waiting = Waiting::new(waiter.event(), Some(value), deadline);
                    state.senders.push_back(Arc::clone(&waiting));
                    let mut wake = Wake::default();
                    state.changed(before, &mut wake);
                    self.forsake(&mut state, &mut wake);
                    drop(state);
                    wake.now();
                    waiting
                }
            }
        };
        let ended = waiter.wait(&|| waiting.is_over(), deadline);
        if ended == Wait::Forked {
            return Err(SendError::Forked);
        }
        let mut state = lock(&self.state);
        let left = lock(&waiting.value).take();
        match left {
            None => Ok(()),
            Some(value) if waiting.is_over() => Err(SendError::Closed(value)),
            Some(value) => {
                let before = state.receivable();
                remove(&mut state.senders, &waiting);
                state.changed(before, &mut Wake::default());
                Err(match ended {
                    Wait::Interrupted => SendError::Interrupted(value),
                    _ => SendError::TimedOut(value),
                })
            }
        }
    }

    /// Receives the value that has waited longest, or waits for one.
    ///
    /// # Errors
    /// There is none.
    pub fn recv(&self, waiter: &mut dyn Waiter, deadline: Deadline) -> Result<T, RecvError> {
        let waiting = {
            let mut state = lock(&self.state);
            match state.try_recv() {
                TryRecv::Received(value, wake) => {
                    drop(state);
                    wake.now();
                    return Ok(value);
                }
                TryRecv::Closed => return Err(RecvError::Closed),
                TryRecv::Empty => {
                    let waiting = Waiting::new(waiter.event(), None, deadline);
                    state.receivers.push_back(Arc::clone(&waiting));
                    state.room_changed();
                    let mut wake = Wake::default();
                    self.forsake(&mut state, &mut wake);
                    drop(state);
                    wake.now();
                    waiting
                }
            }
        };
        let ended = waiter.wait(&|| waiting.is_over(), deadline);
        if ended == Wait::Forked {
            return Err(RecvError::Forked);
        }
        // Once it is over nobody touches it any more, and the value, if any, is there.
        let mut state = (!waiting.is_over()).then(|| lock(&self.state));
        let given = lock(&waiting.value).take();
        match (given, &mut state) {
            (Some(value), _) => Ok(value),
            (None, _) if waiting.is_over() => Err(RecvError::Closed),
            (None, state) => {
                if let Some(state) = state {
                    remove(&mut state.receivers, &waiting);
                    state.room_changed();
                }
                Err(match ended {
                    Wait::Interrupted => RecvError::Interrupted,
                    _ => RecvError::TimedOut,
                })
            }
        }
    }

    /// Undoes a receive: the value is the next one to be received, whether or not the channel has been closed or is full.
    pub fn put_back(&self, value: T) {
        let mut wake = Wake::default();
        let mut state = lock(&self.state);
        if let Some(receiver) = state.receivers.pop_front() {
            *lock(&receiver.value) = Some(value);
            receiver.end();
            wake.one = Some(Arc::clone(&receiver.event));
            state.room_changed();
        } else {
            let before = state.receivable();
            state.buffer.push_front(value);
            state.changed(before, &mut wake);
        }
        drop(state);
        wake.now();
    }

    /// Nothing can be sent any more; what is in the buffer can still be received. Waiting senders fail and keep their values.
    /// False: it was closed already.
    pub fn close(&self) -> bool {
        let mut state = lock(&self.state);
        if state.closed {
            return false;
        }
        let mut wake = Wake::default();
        state.shut(&mut wake);
        drop(state);
        wake.now();
        true
    }

    /// A descriptor of the channel's sign, which `make` makes at the first call: readable while something can be received.
    ///
    /// # Errors
    /// The process is out of descriptors.
    pub fn descriptor(&self, make: impl FnOnce() -> io::Result<Box<dyn Sign>>) -> io::Result<OwnedFd> {
        let mut state = lock(&self.state);
        if let Some(sign) = &state.sign {
            return sign.descriptor();
        }
        let sign = make()?;
        sign.set(state.receivable());
        let descriptor = sign.descriptor();
        state.sign = Some(sign);
        descriptor
    }

    /// The same for the other end: readable while [`Channel::send`] would not wait. With capacity 0 that is while somebody
    /// waits to receive.
    ///
    /// # Errors
    /// The process is out of descriptors.
    pub fn room_descriptor(&self, make: impl FnOnce() -> io::Result<Box<dyn Sign>>) -> io::Result<OwnedFd> {
        let mut state = lock(&self.state);
        if let Some((sign, _)) = &state.room {
            return sign.descriptor();
        }
        let sign = make()?;
        let now = state.sendable();
        sign.set(now);
        let descriptor = sign.descriptor();
        state.room = Some((sign, now));
        descriptor
    }
}

impl<T: Send> Source for Channel<T> {
    fn is_ready(&self) -> bool {
        lock(&self.state).receivable()
    }

    fn watch(&self, event: &Arc<Event>) {
        lock(&self.state).watchers.push(Arc::clone(event));
    }

    fn unwatch(&self, event: &Arc<Event>) {
        let mut state = lock(&self.state);
        if let Some(place) = state.watchers.iter().position(|other| Arc::ptr_eq(other, event)) {
            state.watchers.swap_remove(place);
        }
    }
}

impl<T> std::fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel")
            .field("name", &self.name.as_deref().map(String::from_utf8_lossy))
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}
