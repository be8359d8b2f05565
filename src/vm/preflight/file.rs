//! One file, opened once: what is hashed and inspected is what the descriptor shows.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::cache::{Known, sha256};
use super::context::Context;
use super::error::PreflightError;
use crate::elf::{self, Inspection};

/// No shared object is that large; a file that is would only exhaust memory.
const MAX_SIZE: u64 = 1 << 30;

/// A trusted file that has been opened.
pub(super) struct Opened {
    pub(super) what: &'static str,
    pub(super) path: PathBuf,
    file: File,
    facts: Metadata,
}

/// What is known of a file that has the right hash.
pub(super) enum Verified {
    /// It was verified before.
    Before(Known),
    /// It was read now.
    Now(Vec<u8>, Box<Inspection>),
}

impl Opened {
    pub(super) fn open(what: &'static str, path: &Path, context: &Context<'_>) -> Result<Self, PreflightError> {
        Self::at(what, context.trust.file(what, path)?)
    }

    /// A file that is only to be read, so that it does not matter who put it there.
    pub(super) fn of_anyone(what: &'static str, path: &Path) -> Result<Self, PreflightError> {
        Self::at(what, super::trust::regular_file(what, path)?)
    }

    pub(super) fn facts(&self) -> &Metadata {
        &self.facts
    }

    fn at(what: &'static str, path: PathBuf) -> Result<Self, PreflightError> {
        let cannot = |e| PreflightError::system(format!("open {what}"), &path, &e);
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW)
            .open(&path)
            .map_err(cannot)?;
        let facts = file.metadata().map_err(cannot)?;
        if facts.len() > MAX_SIZE {
            let reasons = vec![format!("it has {} bytes", facts.len())];
            return Err(PreflightError::Unsuitable {
                what,
                path,
                reasons,
                remedy: "name a shared object".into(),
            });
        }
        Ok(Self {
            what,
            path,
            file,
            facts,
        })
    }

    pub(super) fn read(&self) -> Result<Vec<u8>, PreflightError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.facts.len()).unwrap_or(0));
        let mut file = &self.file;
        file.rewind()
            .map_err(|e| PreflightError::system(format!("read {}", self.what), &self.path, &e))?;
        file.take(MAX_SIZE)
            .read_to_end(&mut bytes)
            .map_err(|e| PreflightError::system(format!("read {}", self.what), &self.path, &e))?;
        Ok(bytes)
    }

    pub(super) fn inspect(&self, bytes: &[u8]) -> Result<Inspection, PreflightError> {
        elf::inspect(bytes).map_err(|e| PreflightError::elf(self.what, &self.path, &e))
    }

    /// Compares the hash, unless the same file was found right before.
    pub(super) fn verify(&self, expected: &str, context: &Context<'_>) -> Result<Verified, PreflightError> {
        if let Some(known) = self.known(expected, context) {
            return Ok(Verified::Before(known));
        }
        let bytes = self.read()?;
        // What it is comes first: "a text file" says more than "another hash".
        let inspection = self.inspect(&bytes)?;
        self.compare(&bytes, expected)?;
        Ok(Verified::Now(bytes, Box::new(inspection)))
    }

    /// Compares the hash of what was read.
    pub(super) fn compare(&self, bytes: &[u8], expected: &str) -> Result<(), PreflightError> {
        let found = sha256(bytes);
        if found == expected {
            return Ok(());
        }
        let (what, path, expected) = (self.what, self.path.clone(), expected.into());
        Err(PreflightError::Changed {
            what,
            path,
            expected,
            found,
        })
    }

    /// Was this very file found right before?
    fn known(&self, expected: &str, context: &Context<'_>) -> Option<Known> {
        context.cache.as_ref().ok()?.verified(&self.path, &self.facts, expected)
    }

    /// Remembers that the file passed everything.
    pub(super) fn remember(&self, expected: &str, known: &Known, context: &Context<'_>) {
        if let Ok(cache) = &context.cache {
            cache.remember(&self.path, &self.facts, expected, known);
        }
    }
}
