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
            let groups = distance > 0 && facts.mode() & GROUP_WRITES != 0;
            let private_group = groups && is_private_group(facts.uid(), facts.gid());
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

/// Whether the group is the user's own and has nobody else, as far as the files of the system say. What they do not know is not.
fn is_private_group(user: u32, group: u32) -> bool {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    user == group && is_private(user, &read("/etc/passwd"), &read("/etc/group"))
}

/// Whether user and group of that number have the same name, no other user has the group, and it has no other member.
fn is_private(number: u32, passwd: &str, group: &str) -> bool {
    fn lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
        text.lines().map(|line| line.split(':').collect())
    }
    let number = number.to_string();
    let at = |line: &[&str], place: usize| line.get(place).is_some_and(|text| *text == number);
    let of_group: Vec<_> = lines(passwd).filter(|line| at(line, 2) || at(line, 3)).collect();
    let [user] = &of_group[..] else { return false };
    if !at(user, 2) || !at(user, 3) {
        return false;
    }
    let groups: Vec<_> = lines(group).filter(|line| at(line, 2)).collect();
    let is_own = |line: &[&str]| {
        let members = line.get(3).copied().unwrap_or_default();
        let mut members = members.split(',').filter(|member| !member.is_empty());
        line[0] == user[0] && members.all(|member| member == user[0])
    };
    matches!(&groups[..], [line] if is_own(line))
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
    fn a_private_group_has_nobody_else() {
        let passwd = "root:x:0:0::/root:/bin/sh\na:x:1000:1000::/a:/bin/sh\nb:x:1001:1001::/b:/bin/sh\nc:x:1002:1001::/c:/bin/sh\nd:x:1003:1003::/d:\ne:x:1004:1004:::\n";
        let group = "root:x:0:\na:x:1000:\nb:x:1001:\nd:x:1003:d,a\nstaff:x:1004:\n";
        assert!(is_private(0, passwd, group) && is_private(1000, passwd, group));
        assert!(!is_private(1001, passwd, group), "c has it, too");
        assert!(!is_private(1003, passwd, group), "a is a member");
        assert!(!is_private(1004, passwd, group), "it has another name");
        assert!(!is_private(1005, passwd, group), "nobody knows it");
        assert!(is_private(1003, passwd, "d:x:1003:d"));
        assert!(!is_private(1000, "", "") && !is_private(1000, passwd, "a:x:1000:\na2:x:1000:"));
    }

    /// Users and groups have the same numbers in many systems, also where the groups are shared.
    #[test]
    fn a_group_of_the_same_number_is_not_the_users_own() {
        let (directory, file) = place();
        let other = 54_321;
        let all = [directory.path(), file.parent().unwrap(), &file];
        if all.iter().any(|path| chown(path, Some(other), Some(other)).is_err()) {
            return; // Only root can give files away.
        }
        let trust = Trust::new(other, Path::new("/nonexistent"));
        assert!(trust.file("libphp", &file).is_ok());
        mode(directory.path(), 0o775);
        let refused = trust.file("libphp", &file).unwrap_err().to_string();
        assert!(refused.contains("can be changed by others (mode 0775)"), "{refused}");
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
