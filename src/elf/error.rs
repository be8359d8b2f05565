//! Why a file cannot be read or relinked.

use std::fmt;

/// What kind of obstacle an [`Error`] reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file does not start as an ELF file does.
    NotElf,
    /// A 32-bit object.
    Class,
    /// A big-endian object.
    ByteOrder,
    /// An object for a processor other than `x86_64` and `aarch64`.
    Machine,
    /// An executable, an object file or a core, not a shared object.
    NotShared,
    /// The object is not dynamically linked.
    NoDynamicSection,
    /// Truncated, or headers that contradict each other.
    Malformed,
    /// The file is sound, but cannot be rewritten.
    NotRewritable,
}

/// Why [`inspect`](super::inspect) or [`relink`](super::relink) refused a file. The message does not name the file:
/// only the caller knows its path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Malformed, message)
    }

    /// What kind of obstacle it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::Malformed => write!(f, "malformed ELF file: {}", self.message),
            ErrorKind::NotRewritable => write!(f, "the ELF file cannot be rewritten: {}", self.message),
            _ => f.write_str(&self.message),
        }
    }
}
