//! Relinking a file for good, as `FfiZts\relink()` and the command `ffi-zts relink` do: for whoever wants to see or ship
//! the result. A boot needs none of it, see [`ExtensionRules`].

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cache::sha256;
use super::context::Context;
use super::error::PreflightError;
use super::extension::ExtensionRules;
use super::file::Opened;
use super::{HostEnv, library, runtime};
use crate::core::options::Options;
use crate::elf::{self, Relink};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct RelinkRequest {
    /// The extension.
    pub file: PathBuf,
    /// Where the result goes; the file itself is replaced otherwise.
    pub output: Option<PathBuf>,
    /// Another run path for it.
    pub runpath: Option<String>,
    /// Only tell; write nothing.
    pub check: bool,
}

/// What relinking came to, or would come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relinked {
    /// Why the file is unsuitable; empty for one that is not.
    pub reasons: Vec<String>,
    /// Name of the extension, where its file tells.
    pub module: Option<String>,
    /// The result differs from the file.
    pub changed: bool,
    /// The new dependency.
    pub added: Option<String>,
    /// The dependency that gave way to it.
    pub replaced: Option<String>,
    /// The new run path.
    pub runpath: Option<String>,
    /// The file that was written.
    pub output: Option<PathBuf>,
    /// SHA-256 of the result, in lower-case hexadecimal; empty for an unsuitable file.
    pub sha256: String,
}

/// Relinks an extension for the runtime that a boot with these options would use.
///
/// The input need not be trusted, as nothing of it is executed. The output appears whole or not at all, with the mode and
/// owner of the file that it replaces, or else of the input.
///
/// # Errors
/// [`PreflightError`] when there is no usable runtime, a file cannot be read or written, or, unless `check` is set, when the
/// file is unsuitable.
pub fn relink(options: &Options, env: &HostEnv, request: &RelinkRequest) -> Result<Relinked, PreflightError> {
    let mut context = Context::new(env);
    context.check_process()?;
    let runtime = Arc::new(runtime::find(options, &context)?);
    let library = library::check(options, &runtime, &mut context)?;
    let rules = ExtensionRules::new(&runtime, &library, &context);
    let file = Opened::of_anyone("extension", &request.file)?;
    let bytes = file.read()?;
    match plan(&rules, &file, &bytes, request) {
        Ok((mut done, result)) => {
            if !request.check {
                done.output = write(&file, &result, done.changed, request.output.as_deref())?;
            }
            Ok(done)
        }
        Err(PreflightError::Unsuitable { reasons, .. }) if request.check => Ok(Relinked {
            reasons,
            ..Relinked::default()
        }),
        Err(error) => Err(error),
    }
}

fn plan(
    rules: &ExtensionRules,
    file: &Opened,
    bytes: &[u8],
    request: &RelinkRequest,
) -> Result<(Relinked, Vec<u8>), PreflightError> {
    let inspection = file.inspect(bytes)?;
    rules.judge(file, &inspection)?;
    let target = request.output.as_ref().unwrap_or(&file.path);
    let used = rules.names_for(&inspection, target)?;
    let new = |path: &&String| inspection.runpath.as_ref() != Some(*path);
    let change = Relink {
        runpath: request.runpath.as_ref().filter(new).cloned(),
        ..rules.change(&inspection.needed, used, &[]).unwrap_or_default()
    };
    let result = elf::relink(bytes, &change).map_err(|e| PreflightError::elf(file.what, &file.path, &e))?;
    let replaced = change.replace_needed.into_iter().next();
    let done = Relinked {
        reasons: Vec::new(),
        module: inspection.module.map(|module| module.name),
        changed: result != bytes,
        replaced: replaced.as_ref().map(|(old, _)| old.clone()),
        added: change.add_needed.into_iter().next().or(replaced.map(|(_, new)| new)),
        runpath: change.runpath,
        output: None,
        sha256: sha256(&result),
    };
    Ok((done, result))
}

/// Writes the result; `None` where the file is as it is to be.
fn write(
    file: &Opened,
    result: &[u8],
    changed: bool,
    output: Option<&Path>,
) -> Result<Option<PathBuf>, PreflightError> {
    let target = output.unwrap_or(&file.path);
    // A link stays one; what it names is replaced.
    let target = target.canonicalize().unwrap_or_else(|_| target.to_owned());
    if target == file.path && !changed {
        return Ok(None);
    }
    replace(&target, result, file.facts())
        .map_err(|error| PreflightError::system("write", &target, &error))
        .map(|()| Some(target))
}

/// Puts a file in the place of `target`, at once. `like` has the mode and owner where there is no such file yet.
fn replace(target: &Path, bytes: &[u8], like: &std::fs::Metadata) -> io::Result<()> {
    let there = match target.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found?),
    };
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let draft = target.with_file_name(format!(".{name}.{}", std::process::id()));
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let done = fill(&file, bytes, there.as_ref(), like).and_then(|()| std::fs::rename(&draft, target));
    if done.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&draft);
    }
    done
}

fn fill(mut file: &File, bytes: &[u8], there: Option<&std::fs::Metadata>, like: &std::fs::Metadata) -> io::Result<()> {
    file.write_all(bytes)?;
    let own = file.metadata()?;
    if let Some(there) = there.filter(|there| (there.uid(), there.gid()) != (own.uid(), own.gid())) {
        fchown(file, Some(there.uid()), Some(there.gid()))?;
    }
    // After the owner: a change of that clears bits.
    file.set_permissions(Permissions::from_mode(there.unwrap_or(like).mode() & 0o7777))?;
    file.sync_all()
}
