//! Why a runtime is not opened.

use std::path::{Path, PathBuf};

use crate::core::manifest::ManifestError;
use crate::elf;

/// A refusal, before anything of the runtime was opened by the loader. The message names the file, every reason and the
/// remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; {}", self.detail(), self.remedy())]
#[non_exhaustive]
pub enum PreflightError {
    /// No `runtime.json` where one was looked for.
    NoRuntime {
        /// The directories.
        looked: Vec<PathBuf>,
    },
    /// The `runtime.json` cannot be used.
    Manifest {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: ManifestError,
    },
    /// A file is not there.
    Missing {
        /// What it would have been, e.g. `libphp`.
        what: &'static str,
        /// Where.
        path: PathBuf,
    },
    /// Somebody else could have put a file there.
    Untrusted {
        /// What it is.
        what: &'static str,
        /// The file, or the directory that lets it be replaced.
        path: PathBuf,
        /// Owner or mode.
        why: String,
        /// The command that helps.
        remedy: String,
    },
    /// A file is not what is needed.
    Unsuitable {
        /// What it is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// All the reasons.
        reasons: Vec<String>,
        /// What helps.
        remedy: String,
    },
    /// A file is not the one that `runtime.json` describes.
    Changed {
        /// What it is.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The SHA-256 that is stated.
        expected: String,
        /// The SHA-256 that was found.
        found: String,
    },
    /// A file that a line of a php.ini names is refused.
    Named {
        /// The file and the line.
        by: String,
        /// Why.
        error: Box<PreflightError>,
    },
    /// The process has another allocator than the C library's.
    Allocator {
        /// Its file.
        path: String,
    },
    /// What is checked is then opened by its descriptor, and there is no `/proc` to do that with.
    NoProc,
    /// The system refused something.
    System {
        /// What was to be done.
        what: String,
        /// With which file.
        path: PathBuf,
        /// The system's message.
        cause: String,
    },
}

impl PreflightError {
    /// What is wrong.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::NoRuntime { looked } => {
                let looked: Vec<String> = looked.iter().map(|path| path.display().to_string()).collect();
                format!("there is no runtime: no runtime.json in {}", looked.join(", "))
            }
            Self::Manifest { path, cause } => format!("{}: {}", path.display(), cause.detail()),
            Self::Missing { what, path } => format!("{what} {} does not exist", path.display()),
            Self::Untrusted { what, path, why, .. } => format!("{what} is not trusted: {} {why}", path.display()),
            Self::Unsuitable {
                what, path, reasons, ..
            } => {
                format!("{what} {} is refused: {}", path.display(), reasons.join("; "))
            }
            Self::Changed {
                what,
                path,
                expected,
                found,
            } => {
                format!(
                    "{what} {} was changed: its SHA-256 is {found}, runtime.json states {expected}",
                    path.display()
                )
            }
            Self::Allocator { path } => format!(
                "{path} replaces the memory allocator of this process, but a second PHP would use the C library's, and \
                 memory that crosses would be freed by the wrong one"
            ),
            Self::NoProc => "/proc is not there: by it the files that were checked are opened, and what the process has mapped is seen".into(),
            Self::Named { by, error } => format!("{by}: {}", error.detail()),
            Self::System { what, path, cause } => format!("{what} {}: {cause}", path.display()),
        }
    }

    /// What helps.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::NoRuntime { .. } => {
                "build one with `make build`, or name one with the option `runtime` or the setting ffi_zts.runtime"
                    .into()
            }
            Self::Manifest { cause, .. } => cause.remedy().into(),
            Self::NoProc => "mount it, in a chroot at its own /proc (mount -t proc proc /proc)".into(),
            Self::System { .. } => "see `ffi-zts doctor`".into(),
            Self::Missing { .. } => "build it with `make build`, or correct the option that names it".into(),
            Self::Untrusted { remedy, .. } | Self::Unsuitable { remedy, .. } => remedy.clone(),
            Self::Named { error, .. } => error.remedy(),
            Self::Changed { .. } => "rebuild the runtime with `make build`".into(),
            Self::Allocator { .. } => "start PHP without it (LD_PRELOAD, /etc/ld.so.preload)".into(),
        }
    }

    pub(super) fn system(what: impl Into<String>, path: &Path, cause: &std::io::Error) -> Self {
        Self::System {
            what: what.into(),
            path: path.into(),
            cause: cause.to_string(),
        }
    }

    pub(super) fn elf(what: &'static str, path: &Path, cause: &elf::Error) -> Self {
        let remedy = match what {
            "extension" => "name a shared object that was built for this runtime",
            "the guest half" => "rebuild it with `make build`",
            _ => "name a libphp.so that was built for this machine",
        };
        Self::Unsuitable {
            what,
            path: path.into(),
            reasons: vec![cause.to_string()],
            remedy: remedy.into(),
        }
    }
}

impl From<PreflightError> for crate::core::Error {
    fn from(error: PreflightError) -> Self {
        Self::boot("check the runtime", error)
    }
}
