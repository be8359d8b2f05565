//! Who could have put a file where it is.
//!
//! A file that is going to be executed must belong to root, to this process's user, or to the owner of `ffi_zts.so`
//! (who executes code here already), and nobody else may be able to change or replace it: not the file, not its directory,
//! not a directory above. A sticky directory (`/tmp`) lets nobody replace what is not his.

use std::fs::Metadata;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::error::PreflightError;

const OTHERS_WRITE: u32 = 0o002;
const GROUP_WRITES: u32 = 0o020;
const STICKY: u32 = 0o1000;

/// The users whose files may be executed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trust {
    users: Vec<u32>,
}

impl Trust {
    /// Root, `user`, and the owner of `own_library`.
    pub(super) fn new(user: u32, own_library: &Path) -> Self {
        let owner = std::fs::metadata(own_library).ok().map(|facts| facts.uid());
        Self {
            users: [0, user].into_iter().chain(owner).collect(),
        }
    }

    /// The file's path without links, if the file and its place are trusted.
    pub(super) fn file(&self, what: &'static str, path: &Path) -> Result<PathBuf, PreflightError> {
        let (path, facts) = regular(what, path)?;
        self.entry(what, &path, &facts, GROUP_WRITES | OTHERS_WRITE)?;
        self.parents(what, &path)?;
        Ok(path)
    }

    /// The directory's path without links, if the directory and its place are trusted.
    pub(super) fn directory(&self, what: &'static str, path: &Path) -> Result<PathBuf, PreflightError> {
        let (path, facts) = resolve(what, path)?;
        if !facts.is_dir() {
            let reasons = vec!["not a directory".to_owned()];
            return Err(PreflightError::Unsuitable {
                what,
                path,
                reasons,
                remedy: "name a directory".into(),
            });
        }
        self.entry(what, &path, &facts, GROUP_WRITES | OTHERS_WRITE)?;
        self.parents(what, &path)?;
        Ok(path)
    }

    fn parents(&self, what: &'static str, path: &Path) -> Result<(), PreflightError> {
        for (distance, parent) in path.ancestors().skip(1).enumerate() {
            let facts = parent
                .symlink_metadata()
                .map_err(|e| PreflightError::system("look at", parent, &e))?;
            // Higher up, a user's private group is as good as the user: many systems create home directories that way.
            let private_group = distance > 0 && facts.uid() == facts.gid();
            let refused = if private_group {
                OTHERS_WRITE
            } else {
                GROUP_WRITES | OTHERS_WRITE
            };
            self.entry(what, parent, &facts, refused)?;
        }
        Ok(())
    }

    fn entry(&self, what: &'static str, path: &Path, facts: &Metadata, refused: u32) -> Result<(), PreflightError> {
        let shown = path.display();
        let sticky = facts.is_dir() && facts.mode() & STICKY != 0;
        if !self.users.contains(&facts.uid()) {
            let why = format!(
                "belongs to uid {}, who is neither root nor the user of this process nor the owner of ffi_zts.so",
                facts.uid()
            );
            return Err(PreflightError::Untrusted {
                what,
                path: path.into(),
                why,
                remedy: format!("chown root '{shown}'"),
            });
        }
        if facts.mode() & refused != 0 && !sticky {
            let why = format!("can be changed by others (mode {:04o})", facts.mode() & 0o7777);
            return Err(PreflightError::Untrusted {
                what,
                path: path.into(),
                why,
                remedy: format!("chmod go-w '{shown}'"),
            });
        }
        Ok(())
    }
}

/// The path without links of a regular file, whoever it belongs to.
pub(super) fn regular_file(what: &'static str, path: &Path) -> Result<PathBuf, PreflightError> {
    regular(what, path).map(|(path, _)| path)
}

fn regular(what: &'static str, path: &Path) -> Result<(PathBuf, Metadata), PreflightError> {
    let (path, facts) = resolve(what, path)?;
    if facts.is_file() {
        return Ok((path, facts));
    }
    let reasons = vec!["not a regular file".to_owned()];
    Err(PreflightError::Unsuitable {
        what,
        path,
        reasons,
        remedy: "name a file".into(),
    })
}

/// As `canonicalize()`, which must not be used before replaced allocators are refused: `realpath()` allocates inside the C
/// library, with the replacement, and the caller would free with the C library's own (see the host half's `own_path`).
fn real_path(path: &Path) -> std::io::Result<PathBuf> {
    let file = std::fs::File::options()
        .read(true)
        .custom_flags(libc::O_PATH)
        .open(path)?;
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn resolve(what: &'static str, path: &Path) -> Result<(PathBuf, Metadata), PreflightError> {
    let found = real_path(path).and_then(|real| real.symlink_metadata().map(|facts| (real, facts)));
    found.map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => PreflightError::Missing {
            what,
            path: path.into(),
        },
        _ => PreflightError::system("look at", path, &e),
    })
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::super::super::sys::memfd::effective_user;
    use super::*;
    use crate::elf::testing::TempDir;

    fn place() -> (TempDir, PathBuf) {
        let directory = TempDir::new();
        let inner = directory.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let file = inner.join("file");
        fs::write(&file, "x").unwrap();
        mode(&inner, 0o755);
        mode(&file, 0o644);
        (directory, file)
    }

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    fn trust() -> Trust {
        Trust::new(effective_user(), Path::new("/nonexistent"))
    }

    fn refusal(path: &Path) -> String {
        trust().file("libphp", path).unwrap_err().to_string()
    }

    #[test]
    fn accepts_own_files_and_follows_links() {
        let (directory, file) = place();
        let link = directory.path().join("link");
        symlink(&file, &link).unwrap();
        assert_eq!(trust().file("libphp", &link).unwrap(), file.canonicalize().unwrap());
        assert!(trust().directory("runtime", file.parent().unwrap()).is_ok());
    }

    #[test]
    fn refuses_what_others_can_change() {
        let (directory, file) = place();
        for wrong in [0o664, 0o646, 0o777] {
            mode(&file, wrong);
            assert!(refusal(&file).contains("chmod go-w"), "{wrong:o}");
        }
        mode(&file, 0o644);
        mode(file.parent().unwrap(), 0o775);
        assert!(refusal(&file).contains("inner can be changed by others (mode 0775)"));
        mode(file.parent().unwrap(), 0o755);
        mode(directory.path(), 0o777);
        assert!(refusal(&file).contains("mode 0777"));
        mode(directory.path(), 0o1777);
        assert!(trust().file("libphp", &file).is_ok());
    }

    #[test]
    fn refuses_what_belongs_to_others() {
        let (_directory, file) = place();
        if chown(&file, Some(12_345), None).is_err() {
            return; // Only root can give files away.
        }
        assert!(refusal(&file).contains("belongs to uid 12345") && refusal(&file).contains("chown root"));
        assert!(
            Trust::new(12_345, Path::new("/nonexistent"))
                .file("libphp", &file)
                .is_ok()
        );
        assert!(
            Trust::new(1, &file).file("libphp", &file).is_ok(),
            "the owner of ffi_zts.so"
        );
    }

    #[test]
    fn refuses_what_is_no_file() {
        let (directory, file) = place();
        assert!(refusal(&directory.path().join("gone")).contains("does not exist"));
        assert!(refusal(file.parent().unwrap()).contains("not a regular file"));
        assert!(
            trust()
                .directory("runtime", &file)
                .unwrap_err()
                .to_string()
                .contains("not a directory")
        );
    }
}
