//! libphp: is it a guest that this process can carry?

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::cache::Known;
use super::context::Context;
use super::error::PreflightError;
use super::file::{Opened, Verified};
use super::maps;
use super::runtime::Runtime;
use crate::core::manifest::Manifest;
use crate::core::options::Options;
use crate::elf::{Inspection, Machine};

/// A libphp that may be opened.
#[derive(Debug)]
pub(super) struct Library {
    pub(super) path: PathBuf,
    pub(super) facts: Facts,
    /// What other files must depend on to bind to it.
    pub(super) dependency: String,
}

/// What decides whether a libphp is suitable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Each is a question of its own.
pub(super) struct Facts {
    machine: Option<Machine>,
    engine: bool,
    zts: bool,
    debug: bool,
    module_api: Option<u32>,
    php_version: Option<String>,
    pub(super) zend_signals: bool,
    pub(super) readline: bool,
    soname: Option<String>,
}

impl Facts {
    fn inspected(inspection: &Inspection) -> Self {
        Self {
            machine: Some(inspection.machine),
            engine: inspection.is_engine(),
            zts: inspection.thread_safe() == Some(true),
            debug: inspection.debug().unwrap_or(false),
            module_api: inspection.module_api(),
            php_version: inspection.php_version.clone(),
            zend_signals: inspection.has_zend_signals(),
            readline: inspection.has_readline(),
            soname: inspection.soname.clone(),
        }
    }

    /// Of a file whose hash is the one that the manifest states.
    fn stated(manifest: &Manifest) -> Self {
        Self {
            machine: Machine::native(),
            engine: true,
            zts: manifest.zts,
            debug: manifest.debug,
            module_api: Some(manifest.zend_module_api),
            php_version: Some(manifest.php_version.clone()),
            zend_signals: manifest.zend_signals,
            readline: manifest.readline,
            soname: Some(manifest.soname.clone()),
        }
    }

    /// Every reason not to open it; the guest half was compiled for `manifest`.
    fn refusals(&self, manifest: &Manifest, allow_unsafe: bool) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.machine != Machine::native() {
            reasons.push(format!(
                "it is built for {}",
                self.machine.map_or("another processor", Machine::name)
            ));
        }
        if !self.engine {
            reasons.push("it is no libphp: it exports no PHP engine".into());
            return reasons;
        }
        if !self.zts {
            reasons.push("it is not thread-safe (NTS; ZTS is needed)".into());
        }
        if self.debug != manifest.debug {
            let (found, wanted) = if self.debug {
                ("debug", "release")
            } else {
                ("release", "debug")
            };
            reasons.push(format!(
                "it is a {found} build, the guest half was compiled for a {wanted} build"
            ));
        }
        match self.module_api {
            Some(api) if api == manifest.zend_module_api => {}
            Some(api) => reasons.push(format!(
                "its API is {api}{}, the guest half was compiled for {} (PHP {})",
                self.php_version
                    .as_ref()
                    .map(|version| format!(" (PHP {version})"))
                    .unwrap_or_default(),
                manifest.zend_module_api,
                manifest.minor
            )),
            None => reasons.push("its API number cannot be told".into()),
        }
        if !allow_unsafe && self.zend_signals {
            reasons.push("it was built with ZEND_SIGNALS and would take over the signal handlers of the host".into());
        }
        if !allow_unsafe && self.readline {
            reasons.push("it contains readline and would take over the shell callbacks of the host's CLI".into());
        }
        reasons
    }
}

/// Checks the library of the options, or the runtime's.
pub(super) fn check(
    options: &Options,
    runtime: &Runtime,
    context: &mut Context<'_>,
) -> Result<Library, PreflightError> {
    match &options.library {
        Some(path) => check_foreign(path, runtime, context),
        None => check_own(runtime, context),
    }
}

fn check_own(runtime: &Runtime, context: &mut Context<'_>) -> Result<Library, PreflightError> {
    let manifest = &runtime.manifest;
    let file = Opened::open("libphp", &runtime.directory.join(&manifest.libphp.file), context)?;
    let expected = &manifest.libphp.sha256;
    let (facts, known, new) = match file.verify(expected, context)? {
        Verified::Before(known) => (Facts::stated(manifest), known, false),
        Verified::Now(_, inspection) => (Facts::inspected(&inspection), Known::of(&inspection), true),
    };
    refuse(&file, &facts, manifest, context)?;
    if new && Facts::stated(manifest) == facts {
        file.remember(expected, &known, context);
    }
    context
        .warnings
        .extend(maps::duplicates_in_maps(&context.maps, &known.needed, &maps::soname));
    Ok(accept(file.path, facts, context))
}

/// A libphp of a third party: nothing states its hash, so it is inspected each time.
fn check_foreign(path: &Path, runtime: &Runtime, context: &mut Context<'_>) -> Result<Library, PreflightError> {
    let file = Opened::open("libphp", path, context)?;
    let inspection = file.inspect(&file.read()?)?;
    let facts = Facts::inspected(&inspection);
    refuse(&file, &facts, &runtime.manifest, context)?;
    context.warnings.extend(maps::duplicates_in_maps(
        &context.maps,
        &inspection.needed,
        &maps::soname,
    ));
    if inspection.has_sqlite_inside() {
        let path = file.path.display();
        let text = "carries a SQLite of its own: a database that host and guest both open may be corrupted";
        context.warnings.push(format!("{path} {text}"));
    }
    Ok(accept(file.path, facts, context))
}

fn refuse(file: &Opened, facts: &Facts, manifest: &Manifest, context: &Context<'_>) -> Result<(), PreflightError> {
    let reasons = facts.refusals(manifest, context.env.allow_unsafe_library);
    if reasons.is_empty() {
        return Ok(());
    }
    // With the setting, would anything be left?
    let only_unsafe = facts.refusals(manifest, true).is_empty();
    let build = "use a libphp built by scripts/build-libphp.sh (make build)";
    let remedy = if only_unsafe {
        format!("{build}, or let the administrator set ffi_zts.allow_unsafe_library=1 in php.ini")
    } else {
        build.into()
    };
    Err(PreflightError::Unsuitable {
        what: file.what,
        path: file.path.clone(),
        reasons,
        remedy,
    })
}

/// Other files find the library by its SONAME; by its path where it has none, or where the process has another file of that
/// name, which the loader would find first.
fn accept(path: PathBuf, facts: Facts, context: &Context<'_>) -> Library {
    let shown = String::from_utf8_lossy(path.as_os_str().as_bytes()).into_owned();
    let own = facts
        .soname
        .clone()
        .filter(|name| !maps::has_other_file(&context.maps, name, &shown));
    Library {
        dependency: own.unwrap_or(shown),
        path,
        facts,
    }
}
