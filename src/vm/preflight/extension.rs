//! Extensions of the guest: found, checked, and relinked where they lack the dependency on libphp.

use std::path::{Path, PathBuf};

use super::PreparedExtension;
use super::context::Context;
use super::error::PreflightError;
use super::file::Opened;
use super::library::Library;
use super::place;
use super::runtime::Runtime;
use super::{HostEnv, Prepared};
use crate::core::manifest::Manifest;
use crate::core::options::Options;
use crate::elf::{Inspection, Machine};

/// What an extension must be to run in this guest.
#[derive(Clone, Debug)]
pub struct ExtensionRules {
    env: HostEnv,
    module_api: u32,
    zend_extension_api: u32,
    debug: bool,
    dependency: String,
    accepted: Vec<PathBuf>,
}

impl ExtensionRules {
    pub(super) fn new(manifest: &Manifest, library: &Library, context: &Context<'_>) -> Self {
        Self {
            // No cache: it would hold descriptors for as long as the rules live.
            env: HostEnv {
                cache_dir: None,
                ..context.env.clone()
            },
            module_api: manifest.zend_module_api,
            zend_extension_api: manifest.zend_extension_api,
            debug: manifest.debug,
            dependency: library.dependency.clone(),
            accepted: Vec::new(),
        }
    }

    pub(super) fn with_accepted(mut self, extensions: &[PreparedExtension]) -> Self {
        self.accepted = extensions.iter().map(|extension| extension.path.clone()).collect();
        self
    }

    /// The rules of a guest that is about to boot.
    #[must_use]
    pub fn of(prepared: &Prepared) -> Self {
        prepared.rules.clone()
    }

    /// May the running guest open this file, for `dl()` or an `extension=` of its php.ini? It is not relinked any more.
    /// May be called on any thread.
    ///
    /// # Errors
    /// The reason, for a person to read.
    pub fn check(&self, path: &Path) -> Result<(), String> {
        if self.accepted.iter().any(|accepted| accepted == path) {
            return Ok(());
        }
        let context = Context::new(&self.env);
        let file = Opened::open("extension", path, &context).map_err(|e| e.to_string())?;
        let inspection = file
            .read()
            .and_then(|bytes| file.inspect(&bytes))
            .map_err(|e| e.to_string())?;
        self.judge(&file, &inspection).map_err(|e| e.to_string())?;
        if inspection.needed.contains(&self.dependency) {
            return Ok(());
        }
        let path = file.path.display();
        Err(format!(
            "extension {path} does not depend on {} and would bind to the host; name it in the option `extensions`, or \
             relink it with `ffi-zts relink`",
            self.dependency
        ))
    }

    fn judge(&self, file: &Opened, inspection: &Inspection) -> Result<(), PreflightError> {
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
        let mut reasons = Vec::new();
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
        if inspection.debug().is_some_and(|debug| debug != self.debug) {
            let (found, wanted) = if self.debug {
                ("release", "debug")
            } else {
                ("debug", "release")
            };
            reasons.push(format!("it is a {found} build, the guest is a {wanted} build"));
        }
        let apis = [
            (inspection.module_api(), self.module_api),
            (
                inspection
                    .zend_extension_api()
                    .filter(|_| inspection.is_zend_extension()),
                self.zend_extension_api,
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
        prepared.push(one(&path, runtime, rules, context)?);
    }
    Ok(prepared)
}

/// Checks one extension.
pub(super) fn one(
    path: &Path,
    runtime: &Runtime,
    rules: &ExtensionRules,
    context: &mut Context<'_>,
) -> Result<PreparedExtension, PreflightError> {
    let file = Opened::open("extension", path, context)?;
    let bytes = file.read()?;
    let inspection = file.inspect(&bytes)?;
    rules.judge(&file, &inspection)?;
    if let Some(expected) = stated_hash(&file, runtime)
        && file.known(expected, context).is_none()
    {
        file.compare(&bytes, expected)?;
        file.remember(expected, &inspection.needed, context);
    }
    let relinked = !inspection.needed.contains(&rules.dependency);
    let opened = if relinked {
        let old = inspection
            .needed
            .iter()
            .find(|name| **name == runtime.manifest.soname || name.starts_with("libphp"));
        place::relinked(&file, &bytes, &rules.dependency, old.map(String::as_str), context)?
    } else {
        file.path.clone()
    };
    Ok(PreparedExtension {
        path: opened,
        zend: inspection.is_zend_extension(),
        original: file.path,
        relinked,
    })
}

/// The hash that the manifest states for a file of the runtime's own directory.
fn stated_hash<'m>(file: &Opened, runtime: &'m Runtime) -> Option<&'m str> {
    let directory = runtime
        .directory
        .join(&runtime.manifest.extension_dir)
        .canonicalize()
        .ok()?;
    let name = file.path.strip_prefix(directory).ok()?.to_str()?;
    runtime.manifest.extension_sha256(name)
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
