//! Channels in the engine table.
//!
//! # Safety
//! A `channel` is a live handle of kind `REF_CHANNEL`; names are readable bytes; a parcel of kind `PARCEL_MESSAGE` has a message
//! that nobody else uses.

use std::ffi::{c_char, c_int, c_void};
use std::os::fd::IntoRawFd;
use std::sync::Arc;

use super::gate::{fail_with, failing, logging};
use super::limit::{Ended, nobody_ends, waiting};
use super::place::Place;
use super::share::Counted;
use crate::bridge::abi::{self, ChannelTable, Parcel, WaitLimit};
use crate::bridge::message::{Content, into_handle};
use crate::core::Deadline;
use crate::core::ceiling::QUEUED_MEMORY;
use crate::core::channel::{self, Capacity, RecvError, Registry, SendError, Sign};
use crate::vm::sys::eventfd::EventFd;
use crate::vm::sys::fork;

/// A channel as handles have it.
pub(super) type Channel = channel::Channel<Content>;

static NAMES: Registry<Content> = Registry::new();

pub(super) fn table<P: Place>() -> ChannelTable {
    ChannelTable {
        create,
        make: make::<P>,
        open: open::<P>,
        send: send::<P>,
        receive: receive::<P>,
        put_back,
        close,
        is_closed,
        count,
        capacity,
        name,
        descriptor,
    }
}

/// # Safety
/// The file's rule.
unsafe fn of<'c>(channel: *mut c_void) -> &'c Channel {
    // SAFETY: a live handle; the reference is used within the call only.
    unsafe { &*channel.cast() }
}

fn capacity_of(capacity: i64) -> Capacity {
    usize::try_from(capacity).map_or(Capacity::Unbounded, Capacity::Bounded)
}

unsafe extern "C" fn create(capacity: i64) -> *mut c_void {
    failing("channel.create", std::ptr::null_mut(), || {
        into_handle(Arc::new(Channel::new(capacity_of(capacity))))
    })
}

unsafe extern "C" fn make<P: Place>(name: *const c_char, len: usize, capacity: i64) -> *mut c_void {
    failing("channel.make", std::ptr::null_mut(), || {
        // SAFETY: the file's rule.
        let name = unsafe { std::slice::from_raw_parts(name.cast(), len) };
        NAMES
            .make(P::request(), name, capacity_of(capacity))
            .map_or(std::ptr::null_mut(), into_handle)
    })
}

unsafe extern "C" fn open<P: Place>(name: *const c_char, len: usize) -> *mut c_void {
    failing("channel.open", std::ptr::null_mut(), || {
        // SAFETY: the file's rule.
        let name = unsafe { std::slice::from_raw_parts(name.cast(), len) };
        NAMES.open(P::request(), name).map_or(std::ptr::null_mut(), into_handle)
    })
}

unsafe extern "C" fn send<P: Place>(channel: *mut c_void, parcel: *mut Parcel, wait: *mut WaitLimit) -> c_int {
    failing("channel.send", abi::FAILED, || {
        // SAFETY: the file's rule; the caller's parcel is writable.
        let (channel, parcel) = unsafe { (of(channel), &mut *parcel) };
        // SAFETY: the file's rule. The parcel is nothing while the content is here.
        let content = unsafe { Content::of(std::mem::replace(parcel, Parcel::NOTHING)) };
        let content = match channel.try_send(content) {
            Ok(()) => return abi::DONE,
            Err(SendError::Closed(content)) => {
                *parcel = content.into_parcel();
                return abi::SHUT;
            }
            Err(SendError::TimedOut(content) | SendError::Interrupted(content)) => content,
            Err(SendError::Refused(content, bytes)) => {
                *parcel = content.into_parcel();
                return no_room(bytes);
            }
            Err(SendError::Forked) => return abi::LEAVE,
        };
        let mut content = Some(content);
        // SAFETY: `wait` is the caller's, under the rules of the table.
        let ended = unsafe {
            waiting::<P>(wait, |waiter, deadline| {
                desert_if_alone::<P>(channel, deadline);
                let (back, ended) = match content.take().map(|content| channel.send(content, waiter, deadline)) {
                    None | Some(Ok(())) => (None, Ended::With(abi::DONE)),
                    Some(Err(SendError::Closed(back))) => (Some(back), Ended::With(abi::SHUT)),
                    Some(Err(SendError::TimedOut(back))) => (Some(back), Ended::With(abi::TIMED_OUT)),
                    Some(Err(SendError::Interrupted(back))) => (Some(back), Ended::Interrupted),
                    Some(Err(SendError::Refused(back, bytes))) => (Some(back), Ended::With(no_room(bytes))),
                    Some(Err(SendError::Forked)) => (None, Ended::Interrupted),
                };
                content = back;
                ended
            })
        };
        if let Some(content) = content {
            *parcel = content.into_parcel();
        }
        ended
    })
}

/// The answer where a channel got no memory: C asks why.
fn no_room(bytes: u64) -> c_int {
    fail_with(&QUEUED_MEMORY.shortage(bytes, "values that wait in a channel"));
    abi::FAILED
}

unsafe extern "C" fn receive<P: Place>(channel: *mut c_void, parcel: *mut Parcel, wait: *mut WaitLimit) -> c_int {
    failing("channel.receive", abi::FAILED, || {
        // SAFETY: the file's rule; the caller's parcel is writable.
        let (channel, parcel) = unsafe { (of(channel), &mut *parcel) };
        match channel.try_recv() {
            Ok(content) => {
                *parcel = content.into_parcel();
                return abi::DONE;
            }
            Err(RecvError::Closed) => return abi::SHUT,
            Err(_) => {}
        }
        let mut received = None;
        // SAFETY: `wait` is the caller's, under the rules of the table.
        let ended = unsafe {
            waiting::<P>(wait, |waiter, deadline| {
                desert_if_alone::<P>(channel, deadline);
                match channel.recv(waiter, deadline) {
                    Ok(content) => {
                        received = Some(content);
                        Ended::With(abi::DONE)
                    }
                    Err(RecvError::Closed) => Ended::With(abi::SHUT),
                    Err(RecvError::TimedOut) => Ended::With(abi::TIMED_OUT),
                    Err(RecvError::Interrupted | RecvError::Forked) => Ended::Interrupted,
                }
            })
        };
        match received {
            Some(content) if ended == abi::DONE => *parcel = content.into_parcel(),
            Some(content) => channel.put_back(content),
            None => {}
        }
        ended
    })
}

/// Nobody comes to a channel any more, by its name neither.
pub(super) fn desert_if_alone<P: Place>(channel: &Channel, deadline: Deadline) {
    if nobody_ends::<P>(deadline) {
        channel.desert();
    }
}

unsafe extern "C" fn put_back(channel: *mut c_void, parcel: *const Parcel) {
    // SAFETY: the file's rule.
    logging("channel.put_back", (), || unsafe {
        of(channel).put_back(Content::of(*parcel));
    });
}

unsafe extern "C" fn close(channel: *mut c_void) {
    logging("channel.close", (), || {
        // SAFETY: the file's rule.
        unsafe { of(channel) }.close();
    });
}

impl Counted for Channel {
    fn handle_made(&self) {
        Self::handle_made(self);
    }

    /// In the child of a fork a thread that is not here may hold the lock.
    fn handle_dropped(&self) {
        if !fork::in_child() {
            Self::handle_dropped(self);
        }
    }
}

unsafe extern "C" fn is_closed(channel: *mut c_void) -> c_int {
    logging("channel.is_closed", 0, || {
        // SAFETY: the file's rule.
        let channel = unsafe { of(channel) };
        match (channel.is_closed(), channel.is_forsaken()) {
            (_, true) => abi::CHANNEL_FORSAKEN,
            (true, false) => abi::CHANNEL_CLOSED,
            (false, false) => abi::CHANNEL_OPEN,
        }
    })
}

unsafe extern "C" fn count(channel: *mut c_void) -> usize {
    // SAFETY: the file's rule.
    logging("channel.count", 0, || unsafe { of(channel) }.len())
}

unsafe extern "C" fn capacity(channel: *mut c_void) -> i64 {
    // SAFETY: the file's rule.
    match unsafe { of(channel) }.capacity() {
        Capacity::Bounded(limit) => i64::try_from(limit).unwrap_or(i64::MAX),
        Capacity::Unbounded => -1,
    }
}

unsafe extern "C" fn name(channel: *mut c_void, len: *mut usize) -> *const c_char {
    // SAFETY: the file's rule; `len` is writable.
    unsafe {
        let name = of(channel).name();
        *len = name.map_or(0, <[u8]>::len);
        name.map_or(std::ptr::null(), |name| name.as_ptr().cast())
    }
}

unsafe extern "C" fn descriptor(channel: *mut c_void, to_send: c_int) -> c_int {
    failing("channel.descriptor", -libc::EMFILE, || {
        // SAFETY: the file's rule.
        let channel = unsafe { of(channel) };
        let make = || Ok(Box::new(EventFd::new()?) as Box<dyn Sign>);
        let opened = if to_send == 0 {
            channel.descriptor(make)
        } else {
            channel.room_descriptor(make)
        };
        match opened {
            Ok(descriptor) => descriptor.into_raw_fd(),
            Err(error) => -error.raw_os_error().unwrap_or(libc::EMFILE),
        }
    })
}
