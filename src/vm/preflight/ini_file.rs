//! Extensions that the php.ini of the option `ini_file` names.
//!
//! The guest reads that file by itself, in its order, and asks for each extension when it opens it
//! ([`ExtensionRules::open`](super::ExtensionRules::open)); php goes on with a warning where it cannot. One that must not be
//! opened is to be an error of the boot, so they are looked at before.

use std::path::{Path, PathBuf};

use super::error::PreflightError;
use crate::core::options::{Options, extension_lines};

/// A line that names an extension which exists.
pub(super) struct Line {
    pub(super) ini: PathBuf,
    /// From 1.
    pub(super) number: usize,
    pub(super) file: PathBuf,
}

impl Line {
    /// The refusal of the file, with the place that named it.
    pub(super) fn refusal(&self, error: PreflightError) -> PreflightError {
        PreflightError::Named {
            by: format!("{}, line {}", self.ini.display(), self.number),
            error: Box::new(error),
        }
    }
}

/// The extensions that the file names, found as php finds them: a name with a slash is a path; any other is looked for in
/// `extension_dir`, as it is and with `.so`. What is not found there is left to php, which warns.
///
/// # Errors
/// [`PreflightError::Unsuitable`] where the php.ini is no regular file: who opens a pipe waits for whoever writes to it.
pub(super) fn extensions(options: &Options, extension_dir: &Path) -> Result<Vec<Line>, PreflightError> {
    let Some(file) = &options.ini_file else {
        return Ok(Vec::new());
    };
    let ini = if file.is_dir() {
        file.join("php.ini")
    } else {
        file.clone()
    };
    if ini.exists() {
        super::trust::regular_file("ini_file", &ini)?;
    }
    // A file that cannot be read is an error of the boot itself.
    let Ok(text) = std::fs::read(&ini) else {
        return Ok(Vec::new());
    };
    let lines = extension_lines(&String::from_utf8_lossy(&text));
    let directory = match (options.ini_entry("extension_dir"), lines.directory) {
        (Some(entry), _) => PathBuf::from(&entry.value),
        (None, Some(directory)) if options.extension_dir.is_none() => PathBuf::from(directory),
        _ => extension_dir.to_owned(),
    };
    let found = lines
        .named
        .into_iter()
        .filter_map(|(number, name)| {
            let plain = if name.contains('/') {
                PathBuf::from(&name)
            } else {
                directory.join(&name)
            };
            let suffixed = directory.join(format!("{name}.so"));
            let file = [plain, suffixed].into_iter().find(|file| file.is_file())?;
            Some(Line {
                ini: ini.clone(),
                number: number + 1,
                file,
            })
        })
        .collect();
    Ok(found)
}
