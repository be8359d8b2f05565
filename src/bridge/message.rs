//! Messages: what crosses between threads of the two engines, as bytes and the shared things that the bytes name.
//!
//! # Safety
//! C sees a message as `fz_message *`, a pointer to the window with which [`Message`] begins. Such a pointer comes from
//! [`Owned::into_raw`], belongs to one thread at a time, and ends in [`Owned::from_raw`]. C changes `len` only, up to
//! `capacity`; the bytes below `len` are initialised then.
//!
//! A handle is the pointer of an `Arc` that [`into_handle`] gave out, and stands for one count of it.

use std::any::Any;
use std::cell::RefCell;
use std::ffi::{c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::abi::{self, Parcel};
use crate::core::Error;
use crate::core::ceiling::{QUEUED_MEMORY, queue_bytes, unqueue_bytes};

/// The part of a message that C reads and writes: `fz_message`.
#[repr(C)]
#[derive(Debug)]
struct Window {
    ptr: *mut c_char,
    len: usize,
    capacity: usize,
}

/// Bytes in the format of `zend/wire.h`, and the things that they refer to by number.
#[repr(C)]
#[derive(Debug)]
pub struct Message {
    window: Window,
    refs: Vec<Ref>,
    /// Of its memory, as [`queue_bytes`] counts it.
    counted: u64,
}

// SAFETY: the window is the message's own allocation, and `Ref` is Send; see the file's rules.
unsafe impl Send for Message {}
// SAFETY: a shared message is read only.
unsafe impl Sync for Message {}

impl Default for Message {
    fn default() -> Self {
        Self::from_bytes(Vec::new())
    }
}

impl Message {
    /// A message of these bytes, without references.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        let mut message = Self {
            window: Window {
                ptr: std::ptr::null_mut(),
                len: 0,
                capacity: 0,
            },
            refs: Vec::new(),
            counted: 0,
        };
        message.put(bytes);
        message
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        if self.window.ptr.is_null() {
            return &[];
        }
        // SAFETY: the file's rule: `len` initialised bytes of the message's own allocation.
        unsafe { std::slice::from_raw_parts(self.window.ptr.cast(), self.window.len) }
    }

    /// The things that the bytes refer to.
    #[must_use]
    pub fn refs(&self) -> &[Ref] {
        &self.refs
    }

    /// Adds a thing: its number.
    ///
    /// # Panics
    /// There are 2^32 things already.
    pub fn attach(&mut self, thing: Ref) -> u32 {
        self.refs.push(thing);
        u32::try_from(self.refs.len() - 1).expect("fewer things than 2^32 in a message")
    }

    /// Room for `more` bytes; false when there is no memory.
    ///
    /// # Errors
    /// [`Error::Ceiling`]: so much may not be on its way.
    pub fn grow(&mut self, more: usize) -> Result<bool, Error> {
        let len = self.window.len;
        if self.reserve(len.max(more).max(64)) || self.reserve(more) {
            return Ok(true);
        }
        let missing = (len.saturating_add(more) as u64).saturating_sub(self.counted);
        match QUEUED_MEMORY.shortage(missing, "a message") {
            error @ Error::Ceiling(_) => Err(error),
            _ => Ok(false),
        }
    }

    fn reserve(&mut self, more: usize) -> bool {
        // More is no allocation's size.
        let Some(wanted) = self
            .window
            .len
            .checked_add(more)
            .filter(|&sum| isize::try_from(sum).is_ok())
        else {
            return false;
        };
        let wanted = wanted as u64;
        let missing = wanted.saturating_sub(self.counted);
        if !queue_bytes(missing) {
            return false;
        }
        let mut bytes = self.take();
        let grown = bytes.try_reserve_exact(more).is_ok();
        self.put(bytes);
        if grown {
            self.counted += missing;
        } else {
            unqueue_bytes(missing);
        }
        grown
    }

    /// Adds bytes for which there is room.
    ///
    /// # Safety
    /// [`Message::grow`] made room for them.
    pub unsafe fn write(&mut self, bytes: &[u8]) {
        // SAFETY: the caller's promise.
        unsafe {
            let end = self.window.ptr.add(self.window.len).cast();
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len());
        }
        self.window.len += bytes.len();
    }

    fn take(&mut self) -> Vec<u8> {
        if self.window.ptr.is_null() {
            return Vec::new();
        }
        // SAFETY: `put` took these parts from a Vec<u8>; C raised `len` up to `capacity` only, over bytes that it wrote.
        let bytes = unsafe { Vec::from_raw_parts(self.window.ptr.cast(), self.window.len, self.window.capacity) };
        self.window.ptr = std::ptr::null_mut();
        bytes
    }

    fn put(&mut self, bytes: Vec<u8>) {
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        self.window = Window {
            ptr: if bytes.capacity() == 0 {
                std::ptr::null_mut()
            } else {
                bytes.as_mut_ptr().cast()
            },
            len: bytes.len(),
            capacity: bytes.capacity(),
        };
    }
}

/// The same bytes and as many things.
impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes() && self.refs.len() == other.refs.len()
    }
}

impl Drop for Message {
    fn drop(&mut self) {
        drop(self.take());
        if self.counted > 0 {
            unqueue_bytes(self.counted);
        }
    }
}

/// A message with an address of its own, as both halves pass it on. Small ones are used again by the thread that drops them: a
/// worker answers in the memory that it was asked in.
#[derive(Debug)]
pub struct Owned(ManuallyDrop<Box<Message>>);

/// Messages that a thread keeps for its next ones, and the largest that is worth it.
const SPARES: usize = 32;
const SPARE_BYTES: usize = 4096;

thread_local! {
    #[expect(clippy::vec_box, reason = "C has their addresses")]
    static SPARE: RefCell<Vec<Box<Message>>> = const { RefCell::new(Vec::new()) };
}

impl Owned {
    /// An empty message.
    #[must_use]
    pub fn new() -> Self {
        let spare = SPARE.try_with(|spare| spare.borrow_mut().pop()).ok().flatten();
        Self(ManuallyDrop::new(spare.unwrap_or_default()))
    }

    /// A message of these bytes, without references.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(ManuallyDrop::new(Box::new(Message::from_bytes(bytes))))
    }

    /// Hands the message to C.
    #[must_use]
    pub fn into_raw(mut self) -> *mut Message {
        // SAFETY: `self` is forgotten at once.
        let message = unsafe { ManuallyDrop::take(&mut self.0) };
        std::mem::forget(self);
        Box::into_raw(message)
    }

    /// Takes a message back from C.
    ///
    /// # Safety
    /// `raw` came from [`Owned::into_raw`], and nobody else uses it any more.
    #[must_use]
    pub unsafe fn from_raw(raw: *mut Message) -> Self {
        // SAFETY: the caller's promise.
        Self(ManuallyDrop::new(unsafe { Box::from_raw(raw) }))
    }
}

impl Default for Owned {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for Owned {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.0
    }
}

impl DerefMut for Owned {
    fn deref_mut(&mut self) -> &mut Message {
        &mut self.0
    }
}

impl PartialEq for Owned {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: this is the last use of the value.
        let mut message = unsafe { ManuallyDrop::take(&mut self.0) };
        if message.window.capacity > SPARE_BYTES {
            return;
        }
        message.refs.clear(); // may drop what drops messages itself, so not while the spare ones are borrowed
        message.window.len = 0;
        let mut left = Some(message);
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < SPARES {
                spare.extend(left.take());
            }
        });
    }
}

/// A value that crosses: a scalar as it is, all others in a message.
#[derive(Debug, PartialEq)]
pub enum Content {
    /// `null`
    Null,
    /// `false` or `true`
    Bool(bool),
    /// An int.
    Int(i64),
    /// The bits of a float.
    Float(u64),
    /// Anything else.
    Message(Owned),
}

impl Content {
    /// What C gives as a parcel.
    ///
    /// # Safety
    /// The message of a parcel that has one is handed over, under the file's rules.
    #[must_use]
    pub unsafe fn of(parcel: Parcel) -> Self {
        match parcel.kind {
            abi::PARCEL_FALSE => Self::Bool(false),
            abi::PARCEL_TRUE => Self::Bool(true),
            abi::PARCEL_INT => Self::Int(parcel.bits.cast_signed()),
            abi::PARCEL_FLOAT => Self::Float(parcel.bits),
            abi::PARCEL_MESSAGE => {
                let message = std::ptr::with_exposed_provenance_mut(address(parcel.bits));
                // SAFETY: the caller's promise: the address of a message.
                Self::Message(unsafe { Owned::from_raw(message) })
            }
            _ => Self::Null,
        }
    }

    /// The same for C, which owns the message of a parcel that has one.
    #[must_use]
    pub fn into_parcel(self) -> Parcel {
        match self {
            Self::Message(message) => Parcel {
                kind: abi::PARCEL_MESSAGE,
                bits: message.into_raw().expose_provenance() as u64,
            },
            scalar => scalar.scalar().unwrap_or(Parcel::NOTHING),
        }
    }

    /// A scalar as a parcel; `None`: it is a message.
    #[must_use]
    pub fn scalar(&self) -> Option<Parcel> {
        let (kind, bits) = match self {
            Self::Null => (abi::PARCEL_NULL, 0),
            Self::Bool(false) => (abi::PARCEL_FALSE, 0),
            Self::Bool(true) => (abi::PARCEL_TRUE, 0),
            Self::Int(int) => (abi::PARCEL_INT, int.cast_unsigned()),
            Self::Float(bits) => (abi::PARCEL_FLOAT, *bits),
            Self::Message(_) => return None,
        };
        Some(Parcel { kind, bits })
    }

    /// The message; `None`: it is a scalar.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) => Some(message),
            _ => None,
        }
    }

    /// The bytes of a message; scalars have none.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.message().map_or(&[], Message::bytes)
    }
}

/// An address that C gave as 64 bits.
fn address(bits: u64) -> usize {
    usize::try_from(bits).expect("it was an address")
}

/// A closure's code, position-independent; immutable.
#[derive(Debug)]
pub struct Image {
    number: u64,
    /// In units of 16 bytes, so that what C reads in place is aligned.
    words: Box<[u128]>,
    len: usize,
    /// What errors call it. Counted apart from the image, so that jobs share the name and not the image's count.
    name: Arc<str>,
}

impl Image {
    /// A copy of `bytes` under a number of its own; `name` is for errors.
    #[must_use]
    pub fn new(bytes: &[u8], name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let word = |part: &[u8]| {
            let mut word = [0; 16];
            word[..part.len()].copy_from_slice(part);
            u128::from_ne_bytes(word)
        };
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            words: bytes.chunks(16).map(word).collect(),
            len: bytes.len(),
            name: name.into(),
        }
    }

    /// What errors call it: where the closure is written.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// A number that no other image of the process has.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// First byte and number of bytes.
    #[must_use]
    pub fn window(&self) -> (*const c_char, usize) {
        (self.words.as_ptr().cast(), self.len)
    }
}

/// `FZ_REF_IMAGE`
pub const REF_IMAGE: c_int = 1;
/// `FZ_REF_DESCRIPTOR`
pub const REF_DESCRIPTOR: c_int = 2;

/// `FZ_REF_CHANNEL`
pub const REF_CHANNEL: c_int = 3;
/// `FZ_REF_BUFFER`
pub const REF_BUFFER: c_int = 5;

/// A thing that messages share instead of copying.
#[derive(Clone, Debug)]
pub enum Ref {
    /// A closure's code.
    Image(Arc<Image>),
    /// A file descriptor.
    Descriptor(Arc<OwnedFd>),
    /// A thing of a layer above this one, with its `FZ_REF_*`.
    Other(c_int, Arc<dyn Thing>),
}

/// What a [`Ref::Other`] holds.
pub trait Thing: Any + Send + Sync + std::fmt::Debug {}
impl<T: Any + Send + Sync + std::fmt::Debug> Thing for T {}

impl Ref {
    /// Its `FZ_REF_*`.
    #[must_use]
    pub fn kind(&self) -> c_int {
        match self {
            Self::Image(_) => REF_IMAGE,
            Self::Descriptor(_) => REF_DESCRIPTOR,
            Self::Other(kind, _) => *kind,
        }
    }

    /// The thing, if it is of this type.
    #[must_use]
    pub fn other<T: Thing>(&self) -> Option<Arc<T>> {
        match self {
            Self::Other(_, thing) => (Arc::clone(thing) as Arc<dyn Any + Send + Sync>).downcast().ok(),
            _ => None,
        }
    }
}

/// One count of a reference as a handle.
#[must_use]
pub fn into_handle<T>(thing: Arc<T>) -> *mut c_void {
    Arc::into_raw(thing).cast_mut().cast()
}

/// Another count of a handle's reference; the handle stays good.
///
/// # Safety
/// `handle` came from [`into_handle`] of an `Arc<T>`, and its count has not been taken back.
#[must_use]
pub unsafe fn of_handle<T>(handle: *mut c_void) -> Arc<T> {
    // SAFETY: the caller's promise; the count that the handle stands for is left alone.
    unsafe {
        Arc::increment_strong_count(handle.cast::<T>());
        Arc::from_raw(handle.cast())
    }
}

/// Takes a handle's count over.
///
/// # Safety
/// As for [`of_handle`]; the handle is not used again.
#[must_use]
pub unsafe fn from_handle<T>(handle: *mut c_void) -> Arc<T> {
    // SAFETY: the caller's promise.
    unsafe { Arc::from_raw(handle.cast()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stay_when_room_is_made() {
        let mut message = Message::from_bytes(b"abc".to_vec());
        assert_eq!(message.grow(1000), Ok(true));
        assert_eq!(message.bytes(), b"abc");
        assert!(message.window.capacity >= 1003);
        assert_eq!(message.grow(usize::MAX / 2), Ok(false), "no memory is an answer");
        assert_eq!(message.bytes(), b"abc");
        assert_eq!(Message::default().bytes(), b"");
    }

    #[test]
    fn a_message_holds_its_references_and_a_handle_holds_one() {
        let image = Arc::new(Image::new(b"code", ""));
        let mut message = Message::default();
        assert_eq!(message.attach(Ref::Image(Arc::clone(&image))), 0);
        assert_eq!(Arc::strong_count(&image), 2);
        let handle = into_handle(Arc::clone(&image));
        drop(message);
        assert_eq!(Arc::strong_count(&image), 2);
        // SAFETY: the handle was made above and is taken back once.
        unsafe {
            assert_eq!(of_handle::<Image>(handle).number(), image.number());
            drop(from_handle::<Image>(handle));
        }
        assert_eq!(Arc::strong_count(&image), 1);
    }

    #[test]
    fn a_small_message_is_used_again_empty() {
        let mut message = Owned::new();
        assert_eq!(message.grow(10), Ok(true));
        let image = Arc::new(Image::new(b"code", ""));
        message.attach(Ref::Image(Arc::clone(&image)));
        // SAFETY: there is room for it.
        unsafe { message.write(b"0123456789") };
        let address = (&raw const *message).addr();
        drop(message);
        assert_eq!(Arc::strong_count(&image), 1);
        let again = Owned::new();
        assert_eq!((&raw const *again).addr(), address);
        assert_eq!((again.bytes(), again.refs().len()), (&b""[..], 0));
        drop(Owned::from_bytes(vec![0; SPARE_BYTES + 1]));
        assert!(Owned::new().window.capacity <= SPARE_BYTES);
    }

    #[test]
    fn what_crosses_comes_out_as_it_went_in() {
        let message = Owned::from_bytes(b"bytes".to_vec());
        for content in [
            Content::Null,
            Content::Bool(false),
            Content::Bool(true),
            Content::Int(-1),
            Content::Float(f64::to_bits(-0.5)),
            Content::Message(message),
        ] {
            let (words, is_scalar) = (format!("{content:?}"), content.scalar().is_some());
            assert_eq!(content.message().is_none(), is_scalar);
            // SAFETY: the parcel is used once.
            let back = unsafe { Content::of(content.into_parcel()) };
            assert_eq!(format!("{back:?}"), words);
            assert_eq!(back.bytes(), if is_scalar { &b""[..] } else { b"bytes" });
        }
    }

    #[test]
    fn images_have_numbers_of_their_own_and_are_aligned() {
        let (one, two) = (Image::new(b"12345678901234567", ""), Image::new(b"", ""));
        assert_ne!(one.number(), two.number());
        let (ptr, len) = one.window();
        assert_eq!((ptr.align_offset(16), len, two.window().1), (0, 17, 0));
    }
}
