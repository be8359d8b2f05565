//! Extensions of the guest: found, checked, and relinked where they lack the dependency on libphp.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::PreparedExtension;
use super::context::Context;
use super::error::PreflightError;
use super::file::Opened;
use super::library::Library;
use super::place;
use super::runtime::Runtime;
use super::{HostEnv, Prepared};
use crate::core::event::lock;
use crate::core::manifest::Manifest;
use crate::core::options::Options;
use crate::elf::{Inspection, Machine, Relink};

/// What an extension must be to run in this guest, and which of them were made ready. A clone shares both.
#[derive(Clone, Debug)]
pub struct ExtensionRules {
    env: HostEnv,
    runtime: Arc<Runtime>,
    dependency: String,
    ready: Arc<Mutex<Ready>>,
}

/// What was made ready so far.
#[derive(Debug, Default)]
struct Ready {
    extensions: Vec<PreparedExtension>,
    /// Descriptors that paths go through; see [`Prepared::keep_open`].
    keep_open: Vec<OwnedFd>,
}

impl ExtensionRules {
    pub(super) fn new(runtime: &Arc<Runtime>, library: &Library, context: &Context<'_>) -> Self {
        Self {
            env: context.env.clone(),
            runtime: Arc::clone(runtime),
            dependency: library.dependency.clone(),
            ready: Arc::default(),
        }
    }

    /// The rules of a guest that is about to boot.
    #[must_use]
    pub fn of(prepared: &Prepared) -> Self {
        prepared.rules.clone()
    }

    /// The file to open in place of an extension that the guest names, by php.ini or `dl()`. May be called on any thread.
    ///
    /// # Errors
    /// The reason for a refusal, for a person to read.
    pub fn open(&self, path: &Path) -> Result<PathBuf, String> {
        // What the options named reaches the guest by the path that is to be opened.
        if lock(&self.ready).extensions.iter().any(|known| known.path == path) {
            return Ok(path.to_owned());
        }
        let mut context = Context::new(&self.env);
        let fitted = self.fit(path, &mut context);
        lock(&self.ready).keep_open.append(&mut context.keep_open);
        fitted.map(|extension| extension.path).map_err(|e| e.to_string())
    }

    /// All extensions that were made ready, in the order in which they were asked for.
    #[must_use]
    pub fn ready(&self) -> Vec<PreparedExtension> {
        lock(&self.ready).extensions.clone()
    }

    /// Checks an extension, and relinks it where it lacks the dependency.
    pub(super) fn fit(&self, path: &Path, context: &mut Context<'_>) -> Result<PreparedExtension, PreflightError> {
        let file = Opened::open("extension", path, context)?;
        let known = |known: &&PreparedExtension| known.relinked && known.original == file.path;
        if let Some(known) = lock(&self.ready).extensions.iter().find(known) {
            return Ok(known.clone());
        }
        let bytes = file.read()?;
        let inspection = file.inspect(&bytes)?;
        self.judge(&file, &inspection)?;
        if let Some(expected) = self.stated_hash(&file) {
            file.compare(&bytes, expected)?;
        }
        let relinked = self.change(&inspection).is_some();
        let opened = if relinked {
            place::relinked(&file, &bytes, &self.dependency, self.other_libphp(&inspection), context)?
        } else {
            file.path.clone()
        };
        let extension = PreparedExtension {
            path: opened,
            zend: inspection.is_zend_extension(),
            original: file.path,
            relinked,
        };
        let ready = &mut lock(&self.ready).extensions;
        if !ready.contains(&extension) {
            ready.push(extension.clone());
        }
        Ok(extension)
    }

    /// What makes the extension bind to this guest; `None`: nothing is to be done.
    pub(super) fn change(&self, inspection: &Inspection) -> Option<Relink> {
        let missing = !inspection.needed.contains(&self.dependency);
        missing.then(|| Relink::to_libphp(&self.dependency, self.other_libphp(inspection)))
    }

    /// The dependency on another libphp, which is to be replaced.
    fn other_libphp<'i>(&self, inspection: &'i Inspection) -> Option<&'i str> {
        let soname = &self.runtime.manifest.soname;
        let mut needed = inspection.needed.iter().map(String::as_str);
        needed.find(|name| name == soname || name.starts_with("libphp"))
    }

    /// The hash that the manifest states for a file of the runtime's own directory.
    fn stated_hash(&self, file: &Opened) -> Option<&str> {
        let manifest = &self.runtime.manifest;
        let directory = self
            .runtime
            .directory
            .join(&manifest.extension_dir)
            .canonicalize()
            .ok()?;
        let name = file.path.strip_prefix(directory).ok()?.to_str()?;
        manifest.extension_sha256(name)
    }

    pub(super) fn judge(&self, file: &Opened, inspection: &Inspection) -> Result<(), PreflightError> {
        let reasons = self.refusals(inspection);
        if reasons.is_empty() {
            return Ok(());
        }
        let remedy = "build it for this runtime with scripts/build-extension.sh".into();
        Err(PreflightError::Unsuitable {
            what: file.what,
            path: file.path.clone(),
            reasons,
            remedy,
        })
    }

    fn refusals(&self, inspection: &Inspection) -> Vec<String> {
        let (manifest, mut reasons) = (&self.runtime.manifest, Vec::new());
        if Some(inspection.machine) != Machine::native() {
            reasons.push(format!("it is built for {}", inspection.machine.name()));
        }
        if !inspection.is_extension() {
            reasons.push("it is no PHP extension: it exports neither get_module nor zend_extension_entry".into());
            return reasons;
        }
        match inspection.thread_safe() {
            Some(true) => {}
            Some(false) => reasons.push("it is not thread-safe (NTS; the guest is ZTS)".into()),
            None => reasons.push("its build cannot be told: it holds no build id of PHP, or several".into()),
        }
        if inspection.debug().is_some_and(|debug| debug != manifest.debug) {
            let (found, wanted) = if manifest.debug {
                ("release", "debug")
            } else {
                ("debug", "release")
            };
            reasons.push(format!("it is a {found} build, the guest is a {wanted} build"));
        }
        let apis = [
            (inspection.module_api(), manifest.zend_module_api),
            (
                inspection
                    .zend_extension_api()
                    .filter(|_| inspection.is_zend_extension()),
                manifest.zend_extension_api,
            ),
        ];
        for (found, wanted) in apis {
            if let Some(found) = found.filter(|found| *found != wanted) {
                reasons.push(format!("it needs API {found}, the runtime has {wanted}"));
            }
        }
        reasons
    }
}

/// Where extensions given by name are.
pub(super) fn directory(
    options: &Options,
    runtime: &Runtime,
    context: &Context<'_>,
) -> Result<PathBuf, PreflightError> {
    if let Some(path) = &options.extension_dir {
        return context.trust.directory("the extension directory", path);
    }
    let own = runtime.directory.join(&runtime.manifest.extension_dir);
    // A runtime without extensions is one.
    if own.exists() {
        context.trust.directory("the extension directory", &own)
    } else {
        Ok(own)
    }
}

/// Checks the options' extensions, in order.
pub(super) fn prepare(
    options: &Options,
    runtime: &Runtime,
    directory: &Path,
    rules: &ExtensionRules,
    context: &mut Context<'_>,
) -> Result<Vec<PreparedExtension>, PreflightError> {
    let mut prepared: Vec<PreparedExtension> = Vec::new();
    for name in &options.extensions {
        let path = locate(name, directory);
        if !path.exists() && is_built_in(name, &runtime.manifest) {
            context
                .warnings
                .push(format!("extension {name} is part of libphp and need not be named"));
            continue;
        }
        if path
            .canonicalize()
            .is_ok_and(|real| prepared.iter().any(|earlier| earlier.original == real))
        {
            context.warnings.push(format!("extension {name} is named twice"));
            continue;
        }
        prepared.push(rules.fit(&path, context)?);
    }
    Ok(prepared)
}

pub(super) fn locate(name: &str, directory: &Path) -> PathBuf {
    if name.contains('/') {
        return PathBuf::from(name);
    }
    let has_suffix = Path::new(name).extension().is_some_and(|suffix| suffix == "so");
    directory.join(if has_suffix {
        name.to_owned()
    } else {
        format!("{name}.so")
    })
}

fn is_built_in(name: &str, manifest: &Manifest) -> bool {
    let name = name.trim_end_matches(".so");
    let module = if name.eq_ignore_ascii_case("opcache") {
        "Zend OPcache"
    } else {
        name
    };
    manifest.modules.iter().any(|known| known.eq_ignore_ascii_case(module))
}
