//! The engine table: what the C code of both halves asks for while it moves values between threads.
//!
//! There is a table for each kind of thread; functions that may wait are generic over the [`Place`](place::Place).
//!
//! # Safety
//! Messages and handles are those of [`crate::bridge::message`], under its rules; `kind` is the one that a handle was made
//! with. Nothing here unwinds into C: every function passes [`gate`].

use std::ffi::{c_char, c_int, c_void};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

mod buffer;
mod channel;
mod completions;
mod future;
mod gate;
mod inner;
mod items;
mod lane;
mod limit;
mod place;
mod select;
mod share;

use super::completions::Completions;
use super::job::Job;
use super::lane::Lane;
use super::script::abi_size;
use super::sys::fork;
use crate::bridge::abi::{EngineTable, REF_COMPLETIONS, REF_FUTURE, REF_LANE, Slice};
use crate::bridge::message::{
    Image, Message, Owned, REF_BUFFER, REF_CHANNEL, REF_DESCRIPTOR, REF_IMAGE, Ref, Thing, from_handle, into_handle,
    of_handle,
};
use buffer::Buffer;
use channel::Channel;
use gate::{fail_with, failing, logging};
use share::{Counted, Share};

use place::{Guest, Host, Place};
pub use place::{HostCall, request_begins};

/// The table for guest threads.
pub(super) fn guest_table() -> &'static EngineTable {
    static TABLE: OnceLock<EngineTable> = OnceLock::new();
    TABLE.get_or_init(table::<Guest>)
}

/// The table for the host's thread; `call` is how the engine comes to the [`HostSide`](super::HostSide) there.
pub fn host_table(call: &'static dyn HostCall) -> &'static EngineTable {
    static TABLE: OnceLock<EngineTable> = OnceLock::new();
    place::register(call);
    TABLE.get_or_init(table::<Host>)
}

fn table<P: Place>() -> EngineTable {
    EngineTable {
        size: abi_size::<EngineTable>(),
        message_new,
        message_free,
        message_grow,
        message_attach,
        message_detach,
        retain,
        release,
        image_new,
        image_bytes,
        image_number,
        max_nesting,
        descriptor_new,
        descriptor_fd,
        task_submit: future::task_submit::<P>,
        surroundings_tell: inner::tell,
        script_submit: future::script_submit::<P>,
        future_wait: future::wait::<P>,
        futures_wait: future::wait_any::<P>,
        items_wait: items::wait::<P>,
        future_done: future::done::<P>,
        future_outcome: future::outcome,
        future_cancel: future::cancel::<P>,
        future_descriptor: future::descriptor::<P>,
        future_names: future::names,
        future_dropped: future::dropped,
        future_ignore: future::ignore,
        future_abandon: future::abandon,
        lane_open: lane::open,
        lane_close: lane::close::<P>,
        lane_kill: lane::kill::<P>,
        lane_seal: lane::seal,
        lane_load: lane::load,
        failure: gate::failure,
        forked: fork::flag(),
        select: select::select::<P>,
        channel: channel::table::<P>(),
        buffer: buffer::table::<P>(),
        completions: completions::table::<P>(),
    }
}

unsafe extern "C" fn message_new() -> *mut Message {
    Owned::new().into_raw()
}

unsafe extern "C" fn message_free(message: *mut Message) {
    // SAFETY: the file's rule.
    logging("message_free", (), || drop(unsafe { Owned::from_raw(message) }));
}

unsafe extern "C" fn message_grow(message: *mut Message, more: usize) -> c_int {
    // SAFETY: the file's rule: a message of the caller's.
    let message = unsafe { &mut *message };
    failing("message_grow", -1, || match message.grow(more) {
        Ok(true) => 0,
        Ok(false) => -1,
        Err(error) => {
            fail_with(&error);
            -1
        }
    })
}

unsafe extern "C" fn message_attach(message: *mut Message, kind: c_int, handle: *mut c_void) -> u32 {
    failing("message_attach", u32::MAX, || {
        // SAFETY: the file's rule, for both.
        let (message, thing) = unsafe { (&mut *message, copy_of(kind, handle)) };
        thing.map_or(u32::MAX, |thing| message.attach(thing))
    })
}

unsafe extern "C" fn message_detach(message: *const Message, number: u32, kind: c_int) -> *mut c_void {
    failing("message_detach", std::ptr::null_mut(), || {
        // SAFETY: the file's rule.
        let message = unsafe { &*message };
        let thing = message.refs().get(number as usize).filter(|thing| thing.kind() == kind);
        thing.map_or(std::ptr::null_mut(), to_handle)
    })
}

/// The thing behind a handle, which stays good.
///
/// # Safety
/// The file's rule.
unsafe fn copy_of(kind: c_int, handle: *mut c_void) -> Option<Ref> {
    // SAFETY: the caller's promise.
    unsafe {
        Some(match kind {
            REF_IMAGE => Ref::Image(of_handle(handle)),
            REF_DESCRIPTOR => Ref::Descriptor(of_handle(handle)),
            REF_FUTURE => Ref::Other(kind, Share::new(of_handle::<Job>(handle))),
            REF_LANE => Ref::Other(kind, of_handle::<Lane>(handle)),
            REF_CHANNEL => Ref::Other(kind, Share::new(of_handle::<Channel>(handle))),
            REF_BUFFER => Ref::Other(kind, of_handle::<Buffer>(handle)),
            _ => return None,
        })
    }
}

fn to_handle(thing: &Ref) -> *mut c_void {
    match thing {
        Ref::Image(image) => into_handle(Arc::clone(image)),
        Ref::Descriptor(descriptor) => into_handle(Arc::clone(descriptor)),
        Ref::Other(kind, _) => match *kind {
            REF_FUTURE => share_of::<Job>(thing),
            REF_LANE => handle_of::<Lane>(thing),
            REF_CHANNEL => share_of::<Channel>(thing),
            REF_BUFFER => handle_of::<Buffer>(thing),
            _ => std::ptr::null_mut(),
        },
    }
}

fn share_of<T: Counted>(thing: &Ref) -> *mut c_void {
    let share = thing.other::<Share<T>>();
    share.map_or(std::ptr::null_mut(), |share| into_handle(share.another()))
}

fn handle_of<T: Thing>(thing: &Ref) -> *mut c_void {
    thing.other::<T>().map_or(std::ptr::null_mut(), into_handle)
}

unsafe extern "C" fn retain(kind: c_int, handle: *mut c_void) {
    // SAFETY: the file's rule; the new count is the caller's to release.
    if let Some(thing) = unsafe { copy_of(kind, handle) } {
        let _ = to_handle(&thing);
    }
}

unsafe extern "C" fn release(kind: c_int, handle: *mut c_void) {
    // SAFETY: the file's rule: the count is given up, once.
    logging("release", (), || unsafe {
        match kind {
            REF_IMAGE => drop(from_handle::<Image>(handle)),
            REF_DESCRIPTOR => drop(from_handle::<OwnedFd>(handle)),
            REF_FUTURE => from_handle::<Job>(handle).handle_dropped(),
            REF_LANE => drop(from_handle::<Lane>(handle)),
            REF_CHANNEL => Counted::handle_dropped(&*from_handle::<Channel>(handle)),
            REF_BUFFER => drop(from_handle::<Buffer>(handle)),
            REF_COMPLETIONS => drop(from_handle::<Completions>(handle)),
            _ => {}
        }
    });
}

unsafe extern "C" fn image_new(ptr: *const c_char, len: usize, name: Slice) -> *mut c_void {
    failing("image_new", std::ptr::null_mut(), || {
        // SAFETY: the caller passes `len` readable bytes, and the name's.
        let (bytes, name) = unsafe {
            (
                std::slice::from_raw_parts(ptr.cast(), len),
                std::slice::from_raw_parts(name.ptr.cast(), name.len),
            )
        };
        into_handle(Arc::new(Image::new(bytes, &String::from_utf8_lossy(name))))
    })
}

unsafe extern "C" fn image_bytes(image: *mut c_void, len: *mut usize) -> *const c_char {
    // SAFETY: a live handle of an image; `len` is writable.
    unsafe {
        let (ptr, bytes) = (*image.cast::<Image>()).window();
        *len = bytes;
        ptr
    }
}

unsafe extern "C" fn image_number(image: *mut c_void) -> u64 {
    // SAFETY: a live handle of an image.
    unsafe { (*image.cast::<Image>()).number() }
}

/// The default of the option `max_nesting`.
pub(super) const MAX_NESTING: u32 = 1024;

/// That of the process's VM; values cross channels without one, too.
static NESTING: AtomicU32 = AtomicU32::new(MAX_NESTING);

pub(super) fn set_max_nesting(levels: u32) {
    NESTING.store(levels, Ordering::Relaxed);
}

extern "C" fn max_nesting() -> u32 {
    NESTING.load(Ordering::Relaxed)
}

unsafe extern "C" fn descriptor_new(fd: c_int) -> *mut c_void {
    // SAFETY: the caller owns the descriptor and hands it over.
    into_handle(Arc::new(unsafe { OwnedFd::from_raw_fd(fd) }))
}

unsafe extern "C" fn descriptor_fd(descriptor: *mut c_void) -> c_int {
    // SAFETY: a live handle of a descriptor.
    unsafe { (*descriptor.cast::<OwnedFd>()).as_raw_fd() }
}
