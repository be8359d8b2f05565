//! How values travel between the halves: a flat byte string, written on one side's heap and read on the other's.
//!
//! | tag | then |
//! | --- | --- |
//! | `N` `T` `F` | nothing: null, true, false |
//! | `I` | 8 bytes: int, native order |
//! | `D` | 8 bytes: float, native order |
//! | `S` | 8 bytes length, then the bytes |
//! | `A` | 8 bytes count, then count pairs of a key (`I` or `S`) and a value |
//! | `E` | two strings without tag: class and case of an enum |
//!
//! Both halves are built from one source and live in one process, so there is no version and no byte order in it. The
//! reader still checks every length: a mistake of one half must not become a crash of the other.

use thiserror::Error;

/// How deep values may nest; deeper ones are refused by both sides, before the C stack is in danger.
pub const MAX_DEPTH: usize = 512;

/// Writes values one after another.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty message.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes null.
    pub fn null(&mut self) {
        self.bytes.push(b'N');
    }

    /// Writes a bool.
    pub fn bool(&mut self, value: bool) {
        self.bytes.push(if value { b'T' } else { b'F' });
    }

    /// Writes an int; also as a key.
    pub fn int(&mut self, value: i64) {
        self.bytes.push(b'I');
        self.bytes.extend_from_slice(&value.to_ne_bytes());
    }

    /// Writes a float, bit-exact.
    pub fn float(&mut self, value: f64) {
        self.bytes.push(b'D');
        self.bytes.extend_from_slice(&value.to_ne_bytes());
    }

    /// Writes a string of bytes; also as a key.
    pub fn string(&mut self, value: &[u8]) {
        self.bytes.push(b'S');
        self.raw_string(value);
    }

    /// Writes an enum case by name.
    pub fn enum_case(&mut self, class: &[u8], case: &[u8]) {
        self.bytes.push(b'E');
        self.raw_string(class);
        self.raw_string(case);
    }

    /// Starts an array whose number of entries is known.
    pub fn array(&mut self, count: usize) {
        self.bytes.push(b'A');
        self.bytes.extend_from_slice(&(count as u64).to_ne_bytes());
    }

    /// Writes what another writer wrote: whole values only.
    pub fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
    }

    /// The message.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The message so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn raw_string(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(&(value.len() as u64).to_ne_bytes());
        self.bytes.extend_from_slice(value);
    }
}

/// One item of a message; an array's entries follow it as items of their own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item<'a> {
    /// null
    Null,
    /// bool
    Bool(bool),
    /// int
    Int(i64),
    /// float
    Float(f64),
    /// string
    String(&'a [u8]),
    /// The start of an array with so many entries, each a key and a value.
    Array(usize),
    /// An enum case: class and case name.
    Enum(&'a [u8], &'a [u8]),
}

/// Why a message cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum WireError {
    /// The message ends in the middle of a value.
    #[error("message ends inside a value at byte {0}")]
    Truncated(usize),
    /// A tag that this version does not know.
    #[error("unknown tag {tag:#04x} at byte {at}")]
    Tag {
        /// The byte found.
        tag: u8,
        /// Where.
        at: usize,
    },
    /// An array claims more entries than the message has bytes.
    #[error("array of {count} entries in {left} bytes")]
    Count {
        /// Entries claimed.
        count: u64,
        /// Bytes left.
        left: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
    /// A key that is neither int nor string.
    #[error("array key of another type than int or string at byte {0}")]
    Key(usize),
}

/// Reads items one after another.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from their start.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Byte offset of the next item.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether everything has been read.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// The next item.
    ///
    /// # Errors
    /// When the bytes end early, name an unknown tag or claim an impossible length.
    pub fn item(&mut self) -> Result<Item<'a>, WireError> {
        let at = self.at;
        let tag = self.take(1)?[0];
        Ok(match tag {
            b'N' => Item::Null,
            b'T' => Item::Bool(true),
            b'F' => Item::Bool(false),
            b'I' => Item::Int(i64::from_ne_bytes(self.word()?)),
            b'D' => Item::Float(f64::from_ne_bytes(self.word()?)),
            b'S' => Item::String(self.string()?),
            b'E' => Item::Enum(self.string()?, self.string()?),
            b'A' => {
                let count = u64::from_ne_bytes(self.word()?);
                let left = self.bytes.len() - self.at;
                // A key takes nine bytes at least and a value one: no allocation for an impossible count.
                match usize::try_from(count) {
                    Ok(count) if count <= left / 10 => Item::Array(count),
                    _ => return Err(WireError::Count { count, left }),
                }
            }
            tag => return Err(WireError::Tag { tag, at }),
        })
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let end = self.at.checked_add(len).ok_or(WireError::Truncated(self.at))?;
        let taken = self.bytes.get(self.at..end).ok_or(WireError::Truncated(self.at))?;
        self.at = end;
        Ok(taken)
    }

    fn word(&mut self) -> Result<[u8; 8], WireError> {
        let bytes = self.take(8)?;
        let mut word = [0; 8];
        word.copy_from_slice(bytes);
        Ok(word)
    }

    fn string(&mut self) -> Result<&'a [u8], WireError> {
        let len = u64::from_ne_bytes(self.word()?);
        self.take(usize::try_from(len).map_err(|_| WireError::Truncated(self.at))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut w = Writer::new();
        w.array(3);
        w.int(-1);
        w.float(f64::NEG_INFINITY);
        w.string(b"k\0");
        w.string(&[0xff, 0]);
        w.string(b"e");
        w.enum_case(b"Suit", b"Hearts");
        w.into_bytes()
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = sample();
        let mut r = Reader::new(&bytes);
        let expected = [
            Item::Array(3),
            Item::Int(-1),
            Item::Float(f64::NEG_INFINITY),
            Item::String(b"k\0"),
            Item::String(&[0xff, 0]),
            Item::String(b"e"),
            Item::Enum(b"Suit", b"Hearts"),
        ];
        for item in expected {
            assert_eq!(r.item(), Ok(item));
        }
        assert!(r.is_at_end());
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = sample();
        for end in 0..bytes.len() {
            let mut r = Reader::new(&bytes[..end]);
            let mut failed = false;
            for _ in 0..7 {
                failed |= r.item().is_err();
            }
            assert!(failed, "cut at {end}");
        }
    }

    #[test]
    fn an_impossible_count_is_refused_before_anything_is_allocated() {
        let mut bytes = vec![b'A'];
        bytes.extend_from_slice(&u64::MAX.to_ne_bytes());
        assert_eq!(
            Reader::new(&bytes).item(),
            Err(WireError::Count {
                count: u64::MAX,
                left: 0
            })
        );
    }

    #[test]
    fn an_unknown_tag_is_named() {
        assert_eq!(Reader::new(b"?").item(), Err(WireError::Tag { tag: b'?', at: 0 }));
    }
}
