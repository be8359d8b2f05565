//! Everything that is checked before the loader opens the first file of a runtime.
//!
//! Order: the process (replaced allocators), the runtime directory and its `runtime.json`, libphp (place, kind, build,
//! hash), the guest half, the extensions. Files that depend on another libphp than the one in use are relinked, into sealed
//! memory. Nothing of what is checked is executed; a refusal is a [`PreflightError`].
//!
//! # Safety
//! A path that was accepted stays what it is: only root, this user, or the owner of `ffi_zts.so` can change it ([`trust`]).

mod cache;
mod context;
mod doctor;
mod error;
mod extension;
mod file;
mod ini_file;
mod lacking;
mod library;
mod maps;
mod place;
mod relink;
mod runtime;
mod trust;

#[cfg(test)]
mod tests;

use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;

use crate::core::manifest::Manifest;
use crate::core::options::Options;
pub use cache::Cache;
use context::Context;
pub use doctor::{Finding, doctor_findings};
pub use error::PreflightError;
pub use extension::ExtensionRules;
pub use lacking::Lacking;
pub use maps::duplicates_in_maps;
pub use relink::{RelinkRequest, Relinked, relink};

/// What the checks need to know about the host.
#[derive(Clone, Debug)]
pub struct HostEnv {
    /// Where `ffi_zts.so` was loaded from; the runtime is looked for beside it.
    pub own_library_path: PathBuf,
    /// `ffi_zts.allow_unsafe_library`, a system setting: accept a libphp with readline or `ZEND_SIGNALS`.
    pub allow_unsafe_library: bool,
    /// Where to remember verified hashes; created where it is missing.
    pub cache_dir: Option<PathBuf>,
    /// Names of the modules that the host has loaded, each behind those that it needs.
    pub modules: Vec<String>,
}

/// A runtime that may be opened.
#[derive(Debug)]
pub struct Prepared {
    /// File of libphp.
    pub library: PathBuf,
    /// The guest half, depending on that libphp; may be `/proc/self/fd/N`.
    pub guest_half: PathBuf,
    /// Descriptors that paths go through. They must stay open for the life of the process: the loader knows a library by the
    /// path that it was opened with, and would take another file under the same number for it.
    pub keep_open: Vec<OwnedFd>,
    /// The library has `ZEND_SIGNALS`; the guest half keeps them off the host's signals.
    pub restore_signals: bool,
    /// libphp has readline: the host's shell callbacks must be restored after the guest's start.
    pub has_readline: bool,
    /// The runtime's `runtime.json`.
    pub manifest: Manifest,
    /// The extensions of the options, in load order; those of a php.ini the guest asks for ([`ExtensionRules::open`]).
    pub extensions: Vec<PreparedExtension>,
    /// Where extensions given by name are, for an `extension=` in the guest's php.ini.
    pub extension_dir: PathBuf,
    /// Directory that libphp's dependencies load from.
    pub libdir: Option<PathBuf>,
    /// What is worth telling, but no reason to refuse.
    pub warnings: Vec<String>,
    /// What the host has and the guest will not have.
    pub lacking: Vec<Lacking>,
    /// Where there is one: for what else need not be done twice.
    pub cache: Option<Cache>,
    /// What files must depend on to bind to this libphp: its SONAME, or its path.
    pub dependency: String,
    rules: ExtensionRules,
}

/// An extension that may be opened.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedExtension {
    /// What the guest opens; may be `/proc/self/fd/N`.
    pub path: PathBuf,
    /// With `zend_extension=` rather than `extension=`.
    pub zend: bool,
    /// The file it came from.
    pub original: PathBuf,
    /// Did it lack the dependency on libphp?
    pub relinked: bool,
    /// Nobody named it; it is there because the host has it ([`HOST`](crate::core::options::HOST)).
    pub of_host: bool,
    /// The runtime lists it: it was tried in the PHP of the same build.
    pub listed: bool,
}

/// Checks the runtime that the options choose.
///
/// # Errors
/// [`PreflightError`] for the first file that must not be opened, with all its reasons and the remedy.
pub fn preflight(options: &Options, env: &HostEnv) -> Result<Prepared, PreflightError> {
    let mut context = Context::new(env);
    let prepared = prepare(options, &mut context)?;
    Ok(Prepared {
        cache: context.cache.ok(),
        ..prepared
    })
}

fn prepare(options: &Options, context: &mut Context) -> Result<Prepared, PreflightError> {
    context.check_process()?;
    let runtime = runtime::find(options, context)?;
    let libdir = options
        .libdir
        .as_deref()
        .map(|path| context.trust.directory("libdir", path))
        .transpose()?;
    let library = library::check(options, &runtime, context)?;
    let guest_half = runtime::guest_half(&runtime, &library, context)?;
    let runtime = Arc::new(runtime);
    let rules = ExtensionRules::new(&runtime, &library, context);
    let extension_dir = extension::directory(options, &runtime, context)?;
    let mut extensions = extension::prepare(options, &runtime, &extension_dir, &rules, context)?;
    // What a libphp of others has is not known.
    let mut lacking = if options.library.is_some() {
        Vec::new()
    } else {
        lacking::lacking(&context.env.modules, &runtime.manifest, &extensions)
    };
    let lines = ini_file::extensions(options, &extension_dir)?;
    let files: Vec<PathBuf> = lines.iter().map(|line| line.file.clone()).collect();
    rules.listed_first(&files, context)?;
    for line in lines {
        let named = rules.fit(&line.file, context).map_err(|error| line.refusal(error))?;
        // That file loads it.
        extensions.retain(|other| !other.of_host || other.original != named.original);
        lacking.retain(|lacking| !lacking.is_file(&named.original));
    }
    Ok(Prepared {
        guest_half,
        keep_open: std::mem::take(&mut context.keep_open),
        restore_signals: library.facts.zend_signals,
        has_readline: library.facts.readline,
        rules,
        extensions,
        extension_dir,
        libdir,
        cache: None,
        warnings: std::mem::take(&mut context.warnings),
        lacking,
        dependency: library.dependency,
        library: library.path,
        manifest: runtime.manifest.clone(),
    })
}
