//! wire → zval.

use std::ffi::c_int;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use thiserror::Error;

use crate::bridge::wire::{Item, MAX_DEPTH, Reader, WireError};

/// Why a message did not become a value.
#[derive(Debug, Error)]
pub enum DecodeError {
    /// The message is broken; a mistake of ours.
    #[error("the guest's message cannot be read: {0}")]
    Wire(#[from] WireError),
    /// An enum that this side does not have.
    #[error("{class}::{case} does not exist on this side; load the enum {class} here too")]
    Enum {
        /// Its class.
        class: String,
        /// The case.
        case: String,
    },
    /// An autoloader threw; the exception is pending.
    #[error("an autoloader threw")]
    Thrown,
    /// An autoloader ended the request: the caller returns and bails out.
    #[error("an autoloader ended the request")]
    Bailout,
}

unsafe extern "C" {
    fn fz_host_enum_case(class: *const u8, class_len: usize, case: *const u8, case_len: usize, out: *mut Zval)
    -> c_int;
}

/// Builds the next value of `reader` on this thread's engine.
///
/// # Errors
/// When the message is broken or names an enum that is not known here.
pub fn decode(reader: &mut Reader<'_>) -> Result<Zval, DecodeError> {
    decode_at(reader, 0)
}

fn decode_at(reader: &mut Reader<'_>, depth: usize) -> Result<Zval, DecodeError> {
    if depth > MAX_DEPTH {
        return Err(WireError::Depth.into());
    }
    let mut value = Zval::new();
    match reader.item()? {
        Item::Null => value.set_null(),
        Item::Bool(b) => value.set_bool(b),
        Item::Int(i) => value.set_long(i),
        Item::Float(f) => value.set_double(f),
        Item::String(bytes) => value.set_zend_string(ZendStr::new(bytes, false)),
        Item::Enum(class, case) => value = enum_case(class, case)?,
        Item::Array(count) => value.set_hashtable(array(reader, count, depth)?),
    }
    Ok(value)
}

fn array(reader: &mut Reader<'_>, count: usize, depth: usize) -> Result<ZBox<ZendHashTable>, DecodeError> {
    let mut table = ZendHashTable::with_capacity(u32::try_from(count).unwrap_or(u32::MAX));
    for _ in 0..count {
        let at = reader.position();
        let key = reader.item()?;
        let element = decode_at(reader, depth + 1)?;
        match key {
            Item::Int(index) => insert_index(&mut table, index, element),
            Item::String(key) => insert_key(&mut table, key, element),
            _ => return Err(WireError::Key(at).into()),
        }
    }
    Ok(table)
}

fn insert_index(table: &mut ZendHashTable, index: i64, mut value: Zval) {
    // SAFETY: the table is ours alone; the element is moved into it, so its destructor here must not run.
    unsafe { ext_php_rs::ffi::zend_hash_index_update(table, index.cast_unsigned(), &raw mut value) };
    std::mem::forget(value);
}

/// String keys stay strings: the other side's table told them apart from ints already.
fn insert_key(table: &mut ZendHashTable, key: &[u8], mut value: Zval) {
    // SAFETY: as in `insert_index`; the key is copied.
    unsafe { ext_php_rs::ffi::zend_hash_str_update(table, key.as_ptr().cast(), key.len(), &raw mut value) };
    std::mem::forget(value);
}

fn enum_case(class: &[u8], case: &[u8]) -> Result<Zval, DecodeError> {
    let mut value = Zval::new();
    // SAFETY: lengths and pointers belong together; the shim writes `value` only when it returns 0.
    let outcome = unsafe { fz_host_enum_case(class.as_ptr(), class.len(), case.as_ptr(), case.len(), &raw mut value) };
    match outcome {
        0 => Ok(value),
        1 => Err(DecodeError::Bailout),
        _ if ext_php_rs::zend::ExecutorGlobals::has_exception() => Err(DecodeError::Thrown),
        _ => Err(DecodeError::Enum {
            class: String::from_utf8_lossy(class).into_owned(),
            case: String::from_utf8_lossy(case).into_owned(),
        }),
    }
}
