//! The bytes of a message, as Rust reads them: whether they make sense, and what they say, in words for a log or a test.
//! `zend/wire.h` has the format; the C code beside it writes and builds values.

use std::fmt::Write as _;
use std::sync::Arc;

use thiserror::Error;

use super::message::{Message, Ref};

/// How deep values may nest: `FZ_MAX_DEPTH`. To read so deep a value takes some 4 MiB of stack in a debug build.
pub const MAX_DEPTH: usize = 1024;

/// Why a message cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum WireError {
    /// The message ends in the middle of a value.
    #[error("message ends inside a value at byte {0}")]
    Truncated(usize),
    /// A tag that has no place there.
    #[error("unexpected tag {tag:#04x} at byte {at}")]
    Tag {
        /// The byte found.
        tag: u8,
        /// Where.
        at: usize,
    },
    /// More elements are claimed than the message has bytes.
    #[error("{count} elements in {left} bytes")]
    Count {
        /// Elements claimed.
        count: u32,
        /// Bytes left.
        left: usize,
    },
    /// A number that stands for nothing yet.
    #[error("{kind} number {number} at byte {at} stands for nothing")]
    Number {
        /// What it should be the number of.
        kind: &'static str,
        /// The number.
        number: u32,
        /// Where it ends.
        at: usize,
    },
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
    /// A closure, whose code only the C side can tell.
    #[error("a closure at byte {0}")]
    Closure(usize),
    /// More than the values that were expected.
    #[error("something follows the last value at byte {0}")]
    Trailing(usize),
}

/// Whether `bytes` are one value that refers to no more than `refs` things. Closures count as an error: theirs is a format of
/// its own.
///
/// # Errors
/// The first thing that makes no sense.
pub fn check(bytes: &[u8], refs: usize) -> Result<(), WireError> {
    Reader::new(bytes, refs, None).only_value()
}

/// The value in words, much as PHP code writes it, and where it ends if it cannot be read. Long strings and lists are cut.
#[must_use]
pub fn describe(bytes: &[u8]) -> String {
    let mut reader = Reader::new(bytes, usize::MAX, Some(String::new()));
    let outcome = reader.only_value();
    let mut text = reader.text.unwrap_or_default();
    if let Err(error) = outcome {
        let _ = write!(text, " <{error}>");
    }
    text
}

/// A fatal error in words. Its message is no value: there may be no memory to make one (`guest/shim/report.c`).
#[must_use]
pub fn describe_fatal(bytes: &[u8]) -> String {
    let part = |at: usize, len: usize| bytes.get(at..at.checked_add(len)?);
    let parts = || {
        let kind = i32::from_ne_bytes(part(0, 4)?.try_into().ok()?);
        let line = u32::from_ne_bytes(part(4, 4)?.try_into().ok()?);
        let len = usize::try_from(u64::from_ne_bytes(part(8, 8)?.try_into().ok()?)).ok()?;
        let text = String::from_utf8_lossy(part(16, len)?).into_owned();
        let file = String::from_utf8_lossy(bytes.get(16 + len..)?).into_owned();
        Some(format!("error {kind}: {text} in {file}:{line}"))
    };
    parts().unwrap_or_else(|| "error in a message that cannot be read".into())
}

/// A throwable in words, as PHP logs it.
#[must_use]
pub fn describe_throwable(bytes: &[u8]) -> String {
    let parts = || {
        let mut reader = Reader::new(bytes, usize::MAX, None);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let class = (reader.peek()? == b'W').then(|| reader.class())??;
        reader.objects += 1;
        let message = reader.string().ok()?;
        reader.value().ok()?; // the code
        let file = reader.string().ok()?;
        let line = reader.int()?;
        let place = if line > 0 {
            format!(" in {}:{line}", text(file))
        } else {
            String::new()
        };
        Some(format!("{}: {}{place}", text(class), text(message)))
    };
    parts().unwrap_or_else(|| describe(bytes))
}

/// What a task calls, as errors name it: the callable at the front of the task's message (`zend/closure_encode.c`).
///
/// Tasks are submitted through here, so it reads no further than it must, and shares the name that an image has.
#[must_use]
pub fn callable(message: &Message) -> Option<Arc<str>> {
    let mut reader = Reader::new(message.bytes(), usize::MAX, None);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let method = |class: &[u8], arrow: &str, name: &[u8]| format!("{}{arrow}{}()", text(class), text(name)).into();
    match reader.peek()? {
        b'K' => match reader.array::<2>().ok()?[1] {
            0 => match message.refs().get(reader.u32().ok()? as usize)? {
                Ref::Image(image) => Some(Arc::clone(image.name())),
                _ => None,
            },
            1 => Some(format!("{}()", text(reader.string().ok()?)).into()),
            _ => {
                let (class, name) = (reader.string().ok()?, reader.string().ok()?);
                Some(method(class, "::", name))
            }
        },
        b'A' => {
            reader.take(1).ok()?;
            let name = reader.string().ok()?;
            Some(match reader.class() {
                Some(class) => method(class, "->", name),
                None => method(reader.string().ok()?, "::", name),
            })
        }
        tag if CLASSED.contains(&tag) => Some(method(reader.class()?, "->", b"__invoke")),
        _ => Some(format!("{}()", text(reader.string().ok()?)).into()),
    }
}

/// Tags of objects that begin with their class.
const CLASSED: &[u8] = b"OLVZCWEB";
const NUMBERED: u8 = 1;
const NEXT: u8 = 2;
/// What a description shows of a string, and of a list.
const SHOWN: usize = 200;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    refs: usize,
    strings: Vec<&'a [u8]>,
    /// By number: the level of what is in it while it is not complete; else `None`.
    arrays: Vec<Option<usize>>,
    /// The same; whether there is more than one of it in the message.
    references: Vec<(Option<usize>, bool)>,
    /// The level of what is in the innermost object.
    within: usize,
    objects: u32,
    resources: u32,
    /// By number: class and slots.
    shapes: Vec<(&'a [u8], u32)>,
    depth: usize,
    /// Where the description goes, if there is to be one.
    text: Option<String>,
}

struct Head {
    count: u32,
    number: Option<usize>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], refs: usize, text: Option<String>) -> Self {
        Self {
            bytes,
            at: 0,
            refs,
            strings: Vec::new(),
            arrays: Vec::new(),
            references: Vec::new(),
            within: 0,
            objects: 0,
            resources: 0,
            shapes: Vec::new(),
            depth: 0,
            text,
        }
    }

    fn only_value(&mut self) -> Result<(), WireError> {
        self.value()?;
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(WireError::Trailing(self.at))
        }
    }

    // --- bytes ---

    fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let end = self.at.checked_add(len).ok_or(WireError::Truncated(self.at))?;
        let taken = self.bytes.get(self.at..end).ok_or(WireError::Truncated(self.at))?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u8(&mut self) -> Result<u8, WireError> {
        Ok(self.array::<1>()?[0])
    }

    fn u32(&mut self) -> Result<u32, WireError> {
        Ok(u32::from_ne_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, WireError> {
        Ok(u64::from_ne_bytes(self.array()?))
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// A count of things that take `least` bytes each.
    fn count(&mut self, least: usize) -> Result<u32, WireError> {
        let count = self.u32()?;
        self.fits(count, least)?;
        Ok(count)
    }

    fn fits(&self, count: u32, least: usize) -> Result<(), WireError> {
        let left = self.left();
        if count as usize > left / least {
            return Err(WireError::Count { count, left });
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// An int; `None`: it is something else.
    fn int(&mut self) -> Option<i64> {
        match self.u8().ok()? {
            b'i' => Some(i8::from_ne_bytes(self.array().ok()?).into()),
            b'I' => Some(i64::from_ne_bytes(self.array().ok()?)),
            _ => None,
        }
    }

    /// The class of an object that is the message's first. `None`: it is something else, which is still to be read.
    fn class(&mut self) -> Option<&'a [u8]> {
        let tag = self.peek().filter(|tag| CLASSED.contains(tag))?;
        self.take(if matches!(tag, b'O' | b'L') { 1 + 4 } else { 1 }).ok()?; // some have the number of their shape first
        self.string().ok()
    }

    // --- words ---

    fn say(&mut self, words: impl FnOnce() -> String) {
        if let Some(text) = &mut self.text
            && text.len() < SHOWN * 100
        {
            text.push_str(&words());
        }
    }

    fn say_string(&mut self, bytes: &[u8]) {
        self.say(|| {
            let more = if bytes.len() > SHOWN { "…" } else { "" };
            format!("'{}{more}'", bytes[..bytes.len().min(SHOWN)].escape_ascii())
        });
    }

    fn say_name(&mut self, bytes: &[u8]) {
        self.say(|| bytes.escape_ascii().to_string());
    }

    // --- strings ---

    fn string(&mut self) -> Result<&'a [u8], WireError> {
        let at = self.at;
        let tag = self.u8()?;
        self.string_of(tag)?.ok_or(WireError::Tag { tag, at })
    }

    /// The string that `tag` begins; `None`: it begins something else.
    fn string_of(&mut self, tag: u8) -> Result<Option<&'a [u8]>, WireError> {
        Ok(Some(match tag {
            b'e' => &[],
            b'c' => self.take(1)?,
            b's' => self.sized()?,
            b'S' => {
                self.take(8)?; // the hash
                let string = self.sized()?;
                self.strings.push(string);
                string
            }
            b'r' => {
                let number = u32::from(self.u8()?);
                self.string_number(number)?
            }
            b'R' => {
                let number = self.u32()?;
                self.string_number(number)?
            }
            _ => return Ok(None),
        }))
    }

    fn sized(&mut self) -> Result<&'a [u8], WireError> {
        let len = self.u64()?;
        self.take(usize::try_from(len).map_err(|_| WireError::Truncated(self.at))?)
    }

    fn string_number(&self, number: u32) -> Result<&'a [u8], WireError> {
        let string = self.strings.get(number as usize).copied();
        string.ok_or(self.nothing("string", number))
    }

    fn nothing(&self, kind: &'static str, number: u32) -> WireError {
        WireError::Number {
            kind,
            number,
            at: self.at,
        }
    }

    // --- values ---

    fn value(&mut self) -> Result<(), WireError> {
        let at = self.at;
        let tag = self.u8()?;
        if let Some(string) = self.string_of(tag)? {
            self.say_string(string);
            return Ok(());
        }
        match tag {
            b'N' => self.say(|| "null".into()),
            b'F' => self.say(|| "false".into()),
            b'T' => self.say(|| "true".into()),
            b'i' => {
                let value = i8::from_ne_bytes(self.array()?);
                self.say(|| value.to_string());
            }
            b'I' => {
                let value = i64::from_ne_bytes(self.array()?);
                self.say(|| value.to_string());
            }
            b'D' => {
                let value = f64::from_ne_bytes(self.array()?);
                self.say(|| format!("{value:?}"));
            }
            b'a' => self.say(|| "[]".into()),
            b'X' => self.array_number()?,
            b'o' => self.object_number()?,
            b'E' => self.enum_case()?,
            b'B' => self.shared()?,
            b'M' => self.stream()?,
            b'm' => self.resource_number()?,
            b'K' => return Err(WireError::Closure(at)),
            _ => return self.nested(tag, at),
        }
        Ok(())
    }

    fn nested(&mut self, tag: u8, at: usize) -> Result<(), WireError> {
        if self.depth >= MAX_DEPTH {
            return Err(WireError::Depth);
        }
        self.depth += 1;
        match tag {
            b'P' => self.packed()?,
            b'J' => self.block(|bytes| i64::from_ne_bytes(bytes).to_string())?,
            b'G' => self.block(|bytes| format!("{:?}", f64::from_ne_bytes(bytes)))?,
            b'H' => self.hash()?,
            b'Q' => self.reference_to(true)?,
            b'q' => self.reference_to(false)?,
            b'y' => self.referred()?,
            tag => self.nested_object(tag, at)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn nested_object(&mut self, tag: u8, at: usize) -> Result<(), WireError> {
        let outer = std::mem::replace(&mut self.within, self.depth);
        match tag {
            b'O' => self.plain()?,
            b'L' => self.spl()?,
            b'V' => self.object(Self::properties)?,
            b'Z' => self.object(Self::value)?,
            b'C' => self.object(|reader| {
                let bytes = reader.string()?;
                reader.say_string(bytes);
                Ok(())
            })?,
            b'W' => self.object(Self::throwable)?,
            tag => return Err(WireError::Tag { tag, at }),
        }
        self.within = outer;
        Ok(())
    }

    // --- references ---

    /// `shared`: there are more of it; else it is a value over there.
    fn reference_to(&mut self, shared: bool) -> Result<(), WireError> {
        let number = self.references.len();
        self.references.push((Some(self.depth), shared));
        self.say(|| if shared { "&" } else { "" }.into());
        match self.peek() {
            Some(tag @ (b'Q' | b'q' | b'y')) => return Err(WireError::Tag { tag, at: self.at }),
            _ => self.value()?,
        }
        self.references[number].0 = None;
        Ok(())
    }

    fn referred(&mut self) -> Result<(), WireError> {
        let number = self.u32()?;
        match self.references.get(number as usize) {
            Some((open, true)) if self.may_name(*open) => self.say(|| format!("reference to #{number}")),
            _ => return Err(self.nothing("reference", number)),
        }
        Ok(())
    }

    // --- arrays ---

    fn head(&mut self, least: usize) -> Result<Head, WireError> {
        let flags = self.u8()?;
        let count = self.u32()?;
        if flags & NEXT != 0 {
            self.u64()?;
        }
        self.fits(count, least)?;
        let number = (flags & NUMBERED != 0).then(|| {
            self.arrays.push(Some(self.depth));
            self.arrays.len() - 1
        });
        Ok(Head { count, number })
    }

    fn complete(&mut self, head: &Head) {
        if let Some(number) = head.number {
            self.arrays[number] = None;
        }
        self.say(|| "]".into());
    }

    fn element(&mut self, index: u32) {
        self.say(|| if index == 0 { "[" } else { ", " }.into());
    }

    fn packed(&mut self) -> Result<(), WireError> {
        let head = self.head(1)?;
        for index in 0..head.count {
            self.element(index);
            if self.peek() == Some(b'U') {
                self.at += 1;
            } else {
                self.value()?;
            }
        }
        self.complete(&head);
        Ok(())
    }

    fn block(&mut self, words: impl Fn([u8; 8]) -> String) -> Result<(), WireError> {
        let head = self.head(8)?;
        for index in 0..head.count {
            let bytes = self.array()?;
            if self.text.is_some() {
                self.element(index);
                self.say(|| words(bytes));
            }
        }
        self.complete(&head);
        Ok(())
    }

    fn hash(&mut self) -> Result<(), WireError> {
        let head = self.head(2)?;
        for index in 0..head.count {
            self.element(index);
            self.key()?;
            self.say(|| " => ".into());
            self.value()?;
        }
        self.complete(&head);
        Ok(())
    }

    fn key(&mut self) -> Result<(), WireError> {
        if let Some(b'i' | b'I') = self.peek() {
            return self.value();
        }
        let key = self.string()?;
        self.say_string(key);
        Ok(())
    }

    /// Inside of itself, something may be named in an object that is in it.
    fn may_name(&self, open: Option<usize>) -> bool {
        open.is_none_or(|level| self.within > level)
    }

    fn array_number(&mut self) -> Result<(), WireError> {
        let number = self.u32()?;
        if !self
            .arrays
            .get(number as usize)
            .is_some_and(|open| self.may_name(*open))
        {
            return Err(self.nothing("array", number));
        }
        self.say(|| format!("array #{number}"));
        Ok(())
    }

    // --- objects ---

    fn object_number(&mut self) -> Result<(), WireError> {
        let number = self.u32()?;
        if number >= self.objects {
            return Err(self.nothing("object", number));
        }
        self.say(|| format!("object #{number}"));
        Ok(())
    }

    fn reserve(&mut self) {
        self.objects += 1;
    }

    fn object(&mut self, inside: impl FnOnce(&mut Self) -> Result<(), WireError>) -> Result<(), WireError> {
        self.reserve();
        let class = self.string()?;
        self.say_name(class);
        self.say(|| " {".into());
        inside(self)?;
        self.say(|| "}".into());
        Ok(())
    }

    fn plain(&mut self) -> Result<(), WireError> {
        self.reserve();
        let (class, slots) = self.shape()?;
        self.say_name(class);
        self.say(|| " {".into());
        self.slots(slots)
    }

    /// An object of SPL: its data, then what a plain one has.
    fn spl(&mut self) -> Result<(), WireError> {
        self.reserve();
        let (class, slots) = self.shape()?;
        self.say_name(class);
        self.say(|| " {".into());
        let at = self.at;
        match self.u8()? {
            1 | 2 => {
                self.u64()?; // its flags
                self.value()?;
            }
            3 => {
                self.string()?;
                self.string()?;
                self.value()?;
            }
            4 => {
                self.string()?;
                self.take(8 + 8 + 8 + 4 + 4 + 8)?;
                let content = self.string()?;
                self.say_string(content);
            }
            tag => return Err(WireError::Tag { tag, at }),
        }
        self.say(|| "; ".into());
        self.slots(slots)
    }

    /// The properties of an object whose shape is known.
    fn slots(&mut self, slots: u32) -> Result<(), WireError> {
        for slot in 0..slots {
            self.say(|| if slot == 0 { "" } else { ", " }.into());
            if matches!(self.peek(), Some(b'U' | b'u')) {
                self.at += 1;
            } else {
                self.value()?;
            }
        }
        self.say(|| "; ".into());
        self.properties()?;
        self.say(|| "}".into());
        Ok(())
    }

    fn shape(&mut self) -> Result<(&'a [u8], u32), WireError> {
        let number = self.u32()?;
        if let Some(shape) = self.shapes.get(number as usize) {
            return Ok(*shape);
        }
        if number as usize != self.shapes.len() {
            return Err(self.nothing("shape", number));
        }
        let class = self.string()?;
        let slots = self.count(1)?;
        for _ in 0..slots {
            self.string()?;
        }
        self.shapes.push((class, slots));
        Ok((class, slots))
    }

    fn properties(&mut self) -> Result<(), WireError> {
        for index in 0..self.count(2)? {
            self.say(|| if index == 0 { "" } else { ", " }.into());
            let name = self.string()?;
            self.say_name(name);
            self.say(|| ": ".into());
            self.value()?;
        }
        Ok(())
    }

    fn throwable(&mut self) -> Result<(), WireError> {
        for name in ["message", "code", "file", "line", "trace", "previous"] {
            self.say(|| format!("{name}: "));
            self.value()?;
            self.say(|| ", ".into());
        }
        self.properties()
    }

    fn enum_case(&mut self) -> Result<(), WireError> {
        self.reserve();
        let class = self.string()?;
        self.say_name(class);
        self.say(|| "::".into());
        let case = self.string()?;
        self.say_name(case);
        Ok(())
    }

    fn shared(&mut self) -> Result<(), WireError> {
        self.reserve();
        let class = self.string()?;
        self.say_name(class);
        self.u8()?;
        self.reference()
    }

    fn stream(&mut self) -> Result<(), WireError> {
        self.resources += 1;
        let at = self.at;
        let kind = self.u8()?;
        self.take(1 + 1 + 8)?; // how it was opened, its flags, its chunks
        self.string()?;
        self.say(|| "stream ".into());
        let uri = self.string()?;
        self.say_string(uri);
        match kind {
            0 => self.reference(),
            1 | 2 => {
                self.reference()?;
                self.take(16).map(|_| ()) // its timeout
            }
            3 | 4 => {
                self.u64()?; // its position
                let content = self.string()?;
                self.say(|| " ".into());
                self.say_string(content);
                Ok(())
            }
            5 => self.u64().map(|_| ()),
            tag => Err(WireError::Tag { tag, at }),
        }
    }

    fn resource_number(&mut self) -> Result<(), WireError> {
        let number = self.u32()?;
        if number >= self.resources {
            return Err(self.nothing("resource", number));
        }
        self.say(|| format!("resource #{number}"));
        Ok(())
    }

    fn reference(&mut self) -> Result<(), WireError> {
        let number = self.u32()?;
        if number as usize >= self.refs {
            return Err(self.nothing("reference", number));
        }
        self.say(|| format!(" (reference {number})"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &mut Vec<u8>, text: &[u8]) {
        bytes.push(b's');
        bytes.extend_from_slice(&(text.len() as u64).to_ne_bytes());
        bytes.extend_from_slice(text);
    }

    #[test]
    fn a_task_is_named_after_what_it_calls() {
        use crate::bridge::message::Image;

        let part = |start: &[u8], texts: &[&str]| {
            let mut bytes = start.to_vec();
            for one in texts {
                text(&mut bytes, one.as_bytes());
            }
            bytes
        };
        let named = |bytes: &[u8]| callable(&Message::from_bytes(bytes.to_vec()));
        let name = |bytes: &[u8]| named(bytes).as_deref().map(str::to_owned);
        assert_eq!(name(&part(b"", &["strlen"])).unwrap(), "strlen()");
        assert_eq!(name(&part(b"", &["A\\B::c"])).unwrap(), "A\\B::c()");
        assert_eq!(name(&part(b"A", &["run", "Job"])).unwrap(), "Job::run()");
        let plain = [&part(b"A", &["run"])[..], &part(b"O\0\0\0\0", &["Job"])].concat();
        assert_eq!(name(&plain).unwrap(), "Job->run()");
        assert_eq!(name(&part(b"Z", &["Job"])).unwrap(), "Job->__invoke()");
        assert_eq!(name(&part(b"K\x01", &["strlen"])).unwrap(), "strlen()");
        assert_eq!(name(&part(b"K\x02", &["Job", "run"])).unwrap(), "Job::run()");
        let mut closure = Message::from_bytes(b"K\0\0\0\0\0".to_vec());
        assert_eq!(callable(&closure), None, "it has no image");
        closure.attach(Ref::Image(Arc::new(Image::new(b"", "closure at a.php:1"))));
        assert_eq!(callable(&closure).as_deref(), Some("closure at a.php:1"));
        assert_eq!(
            (name(b""), name(b"A"), name(b"i\x01"), name(b"s\xff")),
            (None, None, None, None)
        );
    }

    /// `[-1, hole, 'k' => new P { x: [] ; d: the array before }, the same object, E::Case]`, much of it by number.
    fn sample() -> Vec<u8> {
        let mut b = vec![b'H', 0];
        b.extend_from_slice(&4_u32.to_ne_bytes());
        b.extend_from_slice(&[b'i', 0, b'P', NUMBERED]);
        b.extend_from_slice(&2_u32.to_ne_bytes());
        b.extend_from_slice(&[b'i', 0xff, b'U']);
        b.push(b'S');
        b.extend_from_slice(&[0; 8]);
        b.extend_from_slice(&1_u64.to_ne_bytes());
        b.push(b'k');
        b.push(b'O');
        b.extend_from_slice(&0_u32.to_ne_bytes());
        text(&mut b, b"P");
        b.extend_from_slice(&1_u32.to_ne_bytes());
        text(&mut b, b"x");
        b.push(b'a');
        b.extend_from_slice(&1_u32.to_ne_bytes());
        b.extend_from_slice(b"cd");
        b.push(b'X');
        b.extend_from_slice(&0_u32.to_ne_bytes());
        b.extend_from_slice(&[b'i', 2, b'o']);
        b.extend_from_slice(&0_u32.to_ne_bytes());
        b.extend_from_slice(&[b'i', 3, b'E']);
        text(&mut b, b"E");
        text(&mut b, b"Case");
        b
    }

    #[test]
    fn what_is_well_formed_is_told() {
        assert_eq!(check(&sample(), 0), Ok(()));
        assert_eq!(
            describe(&sample()),
            "[0 => [-1, ], 'k' => P {[]; d: array #0}, 2 => object #0, 3 => E::Case]"
        );
        assert_eq!(describe(b"N"), "null");
    }

    #[test]
    fn every_truncation_is_an_error() {
        let bytes = sample();
        for end in 0..bytes.len() {
            assert!(check(&bytes[..end], 0).is_err(), "cut at {end}");
        }
        assert_eq!(check(b"NN", 0), Err(WireError::Trailing(1)));
    }

    #[test]
    fn an_impossible_count_is_refused() {
        let bytes = [b"P\0".as_slice(), &u32::MAX.to_ne_bytes()].concat();
        assert_eq!(
            check(&bytes, 0),
            Err(WireError::Count {
                count: u32::MAX,
                left: 0
            })
        );
    }

    #[test]
    fn a_throwable_is_described_as_php_logs_it() {
        let string = |text: &str| [&[b's'][..], &(text.len() as u64).to_ne_bytes(), text.as_bytes()].concat();
        let mut bytes = [
            &b"W"[..],
            &string("DomainException"),
            &string("no"),
            b"i\x07",
            &string("/a.php"),
            b"i\x05",
        ]
        .concat();
        assert_eq!(describe_throwable(&bytes), "DomainException: no in /a.php:5");
        *bytes.last_mut().unwrap() = 0;
        assert_eq!(describe_throwable(&bytes), "DomainException: no");
        bytes.truncate(30);
        assert!(
            describe_throwable(&bytes).contains("DomainException"),
            "what can be read of it"
        );
    }

    #[test]
    fn numbers_stand_for_what_came_before() {
        let number = |tag: u8| [&[tag][..], &0_u32.to_ne_bytes()].concat();
        for tag in *b"XoR" {
            assert!(matches!(check(&number(tag), 0), Err(WireError::Number { .. })));
        }
        // An array inside of itself.
        let mut bytes = vec![b'P', NUMBERED];
        bytes.extend_from_slice(&1_u32.to_ne_bytes());
        bytes.extend_from_slice(&number(b'X'));
        assert!(matches!(check(&bytes, 0), Err(WireError::Number { kind: "array", .. })));
    }

    #[test]
    fn an_array_may_be_named_in_an_object_that_is_in_it() {
        // [stdClass { further property list: the array }]
        let object = |inner: &[u8]| {
            let mut bytes = b"O\0\0\0\0".to_vec();
            text(&mut bytes, b"stdClass");
            bytes.extend_from_slice(b"\0\0\0\0\x01\0\0\0");
            text(&mut bytes, b"list");
            [&bytes, inner].concat()
        };
        let array = [&[b'P', NUMBERED, 1, 0, 0, 0][..], &object(b"X\0\0\0\0")].concat();
        assert_eq!(describe(&array), "[stdClass {; list: array #0}]");
        // Another array in between is no object.
        let inside = [b"P\0\x01\0\0\0".as_slice(), b"X\x01\0\0\0"].concat();
        let recursive = [
            &[b'P', NUMBERED, 1, 0, 0, 0][..],
            &object(&[&[b'P', NUMBERED, 1, 0, 0, 0][..], &inside].concat()),
        ]
        .concat();
        assert!(matches!(
            check(&recursive, 0),
            Err(WireError::Number {
                kind: "array",
                number: 1,
                ..
            })
        ));
        let reference = [
            b"P\0\x02\0\0\0Q".as_slice(),
            b"P\0\x01\0\0\0",
            &object(b"y\0\0\0\0"),
            b"y\0\0\0\0",
        ]
        .concat();
        assert_eq!(
            describe(&reference),
            "[&[stdClass {; list: reference to #0}], reference to #0]"
        );
    }

    #[test]
    fn objects_of_spl_have_their_data_first() {
        let of = |class: &[u8], data: &[u8]| {
            let mut bytes = b"L\0\0\0\0".to_vec();
            text(&mut bytes, class);
            bytes.extend_from_slice(b"\0\0\0\0");
            [&bytes, data, b"\0\0\0\0"].concat()
        };
        let heap = of(b"SplMinHeap", &[&b"\x01"[..], &[0; 8], b"P\0\x01\0\0\0i\x07"].concat());
        assert_eq!(describe(&heap), "SplMinHeap {[7]; ; }");
        let name = of(b"SplFileInfo", b"\x03eecx");
        assert_eq!(describe(&name), "SplFileInfo {'x'; ; }");
        let file = of(b"SplTempFileObject", &[&b"\x04e"[..], &[0; 40], b"cx"].concat());
        assert_eq!(describe(&file), "SplTempFileObject {'x'; ; }");
        for bytes in [&heap, &name, &file] {
            for end in 0..bytes.len() {
                assert!(check(&bytes[..end], 0).is_err(), "cut at {end}");
            }
        }
        assert!(matches!(
            check(&of(b"X", b"\x05"), 0),
            Err(WireError::Tag { tag: 5, .. })
        ));
    }

    #[test]
    fn references_are_of_values_that_are_shared() {
        let list = |bytes: &[u8]| [&b"P\0\x02\0\0\0"[..], bytes].concat();
        assert_eq!(describe(&list(b"QTy\0\0\0\0")), "[&true, reference to #0]");
        assert_eq!(describe(&list(b"qTqF")), "[true, false]");
        for wrong in [
            &b"qTy\0\0\0\0"[..],
            b"QTy\x01\0\0\0",
            b"QQTN",
            b"QqTN",
            b"y\0\0\0\0T",
            b"QP\0\x01\0\0\0y\0\0\0\0T",
        ] {
            assert!(check(&list(wrong), 0).is_err(), "{}", wrong.escape_ascii());
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |levels: usize| [b"P\0\x01\0\0\0".repeat(levels), b"N".to_vec()].concat();
        let roomy = std::thread::Builder::new().stack_size(16 << 20).spawn(move || {
            assert_eq!(check(&nested(MAX_DEPTH), 0), Ok(()));
            assert_eq!(check(&nested(MAX_DEPTH + 1), 0), Err(WireError::Depth));
        });
        roomy.expect("a thread").join().expect("no panic");
    }

    /// What every stream begins with.
    fn stream(kind: u8) -> Vec<u8> {
        let mut bytes = vec![b'M', kind, 1, 0];
        bytes.extend_from_slice(&8192_u64.to_ne_bytes());
        text(&mut bytes, b"r");
        text(&mut bytes, b"/f");
        bytes
    }

    #[test]
    fn streams_are_told_by_their_kind() {
        let position = 3_u64.to_ne_bytes();
        let mut copy = [&stream(3)[..], &position].concat();
        text(&mut copy, b"text");
        assert_eq!(describe(&copy), "stream '/f' 'text'");
        let data = [&stream(5)[..], &position].concat();
        let twice = [&b"P\0\x02\0\0\0"[..], &data, b"m\0\0\0\0"].concat();
        assert_eq!(describe(&twice), "[stream '/f', resource #0]");
        let socket = [&stream(1)[..], &0_u32.to_ne_bytes(), &position, &position].concat();
        assert_eq!(check(&socket, 1), Ok(()));
        for bytes in [&copy, &data, &socket] {
            for end in 0..bytes.len() {
                assert!(check(&bytes[..end], 1).is_err(), "cut at {end}");
            }
        }
        assert_eq!(check(&stream(6), 0), Err(WireError::Tag { tag: 6, at: 1 }));
        assert!(matches!(
            check(b"m\0\0\0\0", 0),
            Err(WireError::Number { kind: "resource", .. })
        ));
    }

    #[test]
    fn references_are_counted() {
        let mut bytes = stream(0);
        bytes.extend_from_slice(&1_u32.to_ne_bytes());
        assert_eq!(check(&bytes, 2), Ok(()));
        assert!(check(&bytes, 1).is_err());
    }

    #[test]
    fn an_unknown_tag_is_named() {
        assert_eq!(check(b"?", 0), Err(WireError::Tag { tag: b'?', at: 0 }));
        assert_eq!(check(b"K", 0), Err(WireError::Closure(0)));
    }
}
