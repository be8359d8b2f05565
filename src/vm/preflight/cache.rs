//! A private directory for what need not be done twice: which files had the right hash.
//!
//! Its subdirectory is of mode 0700 and this user's, no link is followed in it, and it is used through the descriptor that was
//! checked. Where that does not hold there is no cache, and everything is done each time.
//!
//! # Safety
//! Nothing in it is executed. Scripts run as this user, too, and can forge a marker: a file is then taken for the one that its
//! `runtime.json` describes without being hashed. That gains them nothing, as they would have to change the file first: who may
//! do that is the matter of [`trust`](super::trust), before any marker is asked for, and whoever may could as well change the
//! hash in the `runtime.json` beside it. A forged list of dependencies can keep the guest from starting.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::trust::Trust;
use crate::elf::Inspection;

/// Longest list of dependencies that a marker may hold.
const MARKER_LIMIT: u64 = 64 << 10;

/// What is remembered of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// What it depends on.
    pub(super) needed: Vec<String>,
    /// It is a Zend extension.
    pub(super) zend: bool,
}

impl Known {
    pub(super) fn of(inspection: &Inspection) -> Self {
        Self {
            needed: inspection.needed.clone(),
            zend: inspection.is_zend_extension(),
        }
    }

    /// A line for what it is, one for each dependency.
    fn write(&self) -> String {
        let kind = if self.zend { ZEND } else { PLAIN };
        let needed = self.needed.iter().map(String::as_str);
        std::iter::once(kind).chain(needed).collect::<Vec<_>>().join("\n")
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let zend = match lines.next()? {
            ZEND => true,
            PLAIN => false,
            _ => return None,
        };
        Some(Self {
            needed: lines.map(str::to_owned).collect(),
            zend,
        })
    }
}

const ZEND: &str = "a Zend extension that needs:";
const PLAIN: &str = "a library that needs:";

/// The cache of one user.
#[derive(Debug)]
pub struct Cache {
    user: u32,
    verified: PrivateDirectory,
}

#[derive(Debug)]
struct PrivateDirectory {
    handle: File,
}

impl Cache {
    /// Opens the cache in `directory`, creating it; `Err` says why it is not to be used.
    pub(super) fn open(directory: &Path, user: u32, trust: &Trust) -> Result<Self, String> {
        let cannot = |e: io::Error| format!("cannot use the cache directory {}: {e}", directory.display());
        if let Some(parent) = directory.parent() {
            private().recursive(true).create(parent).map_err(cannot)?;
        }
        create(directory).map_err(cannot)?;
        let directory = trust
            .directory("the cache directory", directory)
            .map_err(|e| e.to_string())?;
        Ok(Self {
            user,
            verified: PrivateDirectory::open(&directory.join("verified"), user)?,
        })
    }

    /// What is known of a file that was verified before, by its state and the hash it must have.
    pub(super) fn verified(&self, path: &Path, facts: &Metadata, expected: &str) -> Option<Known> {
        let file = self.verified.read(&key(path, facts, expected), self.user).ok()?;
        let mut text = String::new();
        file.take(MARKER_LIMIT).read_to_string(&mut text).ok()?;
        Known::read(&text)
    }

    /// What was kept under this name, up to a size.
    pub(in crate::vm) fn kept(&self, name: &str, largest: u64) -> Option<Vec<u8>> {
        let mut file = self.verified.read(name, self.user).ok()?;
        let len = file.metadata().ok()?.len();
        let mut bytes = Vec::with_capacity(usize::try_from(len.min(largest)).ok()?);
        (&mut file).take(largest).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Keeps `bytes` under this name, in place of what was kept there. A cache that cannot be written is no failure.
    pub(in crate::vm) fn keep(&self, name: &str, bytes: &[u8]) {
        let _ = self.verified.write(name, bytes);
    }

    /// Remembers that a file is as it must be. A cache that cannot be written is no failure.
    pub(super) fn remember(&self, path: &Path, facts: &Metadata, expected: &str, known: &Known) {
        if known.needed.iter().all(|name| !name.contains('\n')) {
            let _ = self
                .verified
                .write(&key(path, facts, expected), known.write().as_bytes());
        }
    }
}

/// A directory of this user alone, whatever the umask lets through: as the XDG base directory specification asks for.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

fn create(path: &Path) -> io::Result<()> {
    match private().create(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

impl PrivateDirectory {
    fn open(path: &Path, user: u32) -> Result<Self, String> {
        let cannot = |e: io::Error| format!("cannot use the cache directory {}: {e}", path.display());
        create(path).map_err(cannot)?;
        let flags = libc::O_DIRECTORY | libc::O_NOFOLLOW;
        let handle = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(path)
            .map_err(cannot)?;
        let facts = handle.metadata().map_err(cannot)?;
        if facts.uid() != user || facts.mode() & 0o077 != 0 {
            return Err(format!(
                "the cache directory {} is not used: it belongs to uid {} and has mode {:04o}, wanted are uid {user} and 0700",
                path.display(),
                facts.uid(),
                facts.mode() & 0o7777
            ));
        }
        Ok(Self { handle })
    }

    /// The path of an entry through the checked descriptor.
    fn entry(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{name}", self.handle.as_raw_fd()))
    }

    fn read(&self, name: &str, user: u32) -> io::Result<File> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(self.entry(name))?;
        let facts = file.metadata()?;
        if !facts.is_file() || facts.uid() != user || facts.mode() & 0o022 != 0 {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(file)
    }

    /// Writes a file that appears complete or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let draft = self.entry(&format!(".{name}.{}", std::process::id()));
        let _ = std::fs::remove_file(&draft);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)?;
        let done = file
            .write_all(bytes)
            .and_then(|()| std::fs::rename(&draft, self.entry(name)));
        if done.is_err() {
            let _ = std::fs::remove_file(&draft);
        }
        done
    }
}

/// A file in the state in which it was verified: any change of the file changes one of these.
fn key(path: &Path, facts: &Metadata, expected: &str) -> String {
    let state = [facts.mtime(), facts.mtime_nsec(), facts.ctime(), facts.ctime_nsec()];
    let text = format!(
        "{}|{}|{}|{}|{state:?}|{expected}",
        path.display(),
        facts.dev(),
        facts.ino(),
        facts.size()
    );
    sha256(text.as_bytes())
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::super::super::sys::memfd::effective_user;
    use super::*;
    use crate::elf::testing::TempDir;

    fn open(directory: &Path) -> Result<Cache, String> {
        let user = effective_user();
        Cache::open(directory, user, &Trust::new(user, Path::new("/nonexistent")))
    }

    #[test]
    fn hashes() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn remembers_a_file_until_it_changes() {
        let directory = TempDir::new();
        let (cache, file) = (open(&directory.path().join("c")).unwrap(), directory.path().join("f"));
        fs::write(&file, "one").unwrap();
        let facts = file.metadata().unwrap();
        assert_eq!(cache.verified(&file, &facts, "hash"), None);
        let known = |zend| Known {
            needed: vec!["liba.so".into(), "libb.so".into()],
            zend,
        };
        for known in [known(false), known(true)] {
            cache.remember(&file, &facts, "hash", &known);
            assert_eq!(cache.verified(&file, &facts, "hash"), Some(known));
        }
        assert_eq!(cache.verified(&file, &facts, "other"), None);
        fs::write(&file, "two").unwrap();
        assert_eq!(cache.verified(&file, &file.metadata().unwrap(), "hash"), None);
    }

    #[test]
    fn follows_no_link_to_a_marker() {
        let directory = TempDir::new();
        let (cache, file) = (open(&directory.path().join("c")).unwrap(), directory.path().join("f"));
        fs::write(&file, "one").unwrap();
        let facts = file.metadata().unwrap();
        let marker = directory.path().join("c/verified").join(key(&file, &facts, "hash"));
        symlink("/etc/passwd", &marker).unwrap();
        assert_eq!(cache.verified(&file, &facts, "hash"), None);
        cache.remember(&file, &facts, "hash", &Known::default());
        assert_eq!(cache.verified(&file, &facts, "hash"), Some(Known::default()));
        fs::set_permissions(&marker, fs::Permissions::from_mode(0o666)).unwrap();
        assert_eq!(cache.verified(&file, &facts, "hash"), None);
    }

    #[test]
    fn refuses_directories_of_others() {
        let directory = TempDir::new();
        let (cache, inner) = (directory.path().join("c"), directory.path().join("c/verified"));
        let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        fs::create_dir_all(&inner).unwrap();
        mode(&cache, 0o755);
        mode(&inner, 0o755);
        assert!(open(&cache).unwrap_err().contains("0700"));
        mode(&inner, 0o700);
        assert!(open(&cache).is_ok());
        mode(&cache, 0o777);
        assert!(open(&cache).unwrap_err().contains("chmod go-w"));
        mode(&cache, 0o700);
        fs::rename(&inner, directory.path().join("elsewhere")).unwrap();
        symlink(directory.path().join("elsewhere"), &inner).unwrap();
        assert!(open(&cache).is_err());
    }
}
