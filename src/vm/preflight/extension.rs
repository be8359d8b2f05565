//! Extensions of the guest: found, checked, and relinked where they lack the dependency on libphp.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::PreparedExtension;
use super::cache::Known;
use super::context::Context;
use super::error::PreflightError;
use super::file::{Opened, Verified};
use super::lacking::is_built_in;
use super::library::Library;
use super::place;
use super::runtime::Runtime;
use super::{HostEnv, Prepared};
use crate::core::event::lock;

use crate::core::options::{HOST, Options};
use crate::elf::{Inspection, Machine, Relink};

/// What an extension must be to run in this guest, and which of them were made ready. A clone shares both.
#[derive(Clone, Debug)]
pub struct ExtensionRules {
    env: HostEnv,
    runtime: Arc<Runtime>,
    dependency: String,
    ready: Arc<Mutex<Ready>>,
}

/// How a file names another one beside it; the loader puts its directory in place of the word.
const BESIDE: &str = "$ORIGIN/";

/// A file's bytes, and what they are.
type Read = (Vec<u8>, Box<Inspection>);

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

    /// Checks an extension, and those that it depends on; relinks it where it lacks the dependency.
    pub(super) fn fit(&self, path: &Path, context: &mut Context<'_>) -> Result<PreparedExtension, PreflightError> {
        self.fit_for(path, &mut Vec::new(), context)
    }

    /// `waiting` are the files on whose behalf this one is looked at: two extensions may depend on each other.
    fn fit_for(
        &self,
        path: &Path,
        waiting: &mut Vec<PathBuf>,
        context: &mut Context<'_>,
    ) -> Result<PreparedExtension, PreflightError> {
        let file = Opened::open("extension", path, context)?;
        let known = |known: &&PreparedExtension| known.relinked && known.original == file.path;
        if let Some(known) = lock(&self.ready).extensions.iter().find(known) {
            return Ok(known.clone());
        }
        let (known, read) = self.learn(&file, context)?;
        let listed = self.stated_hash(&file).is_some();
        waiting.push(file.path.clone());
        let beside = self.beside(&known.needed, waiting, context)?;
        // What a runtime lists was given all of its dependencies when it came there.
        let used = match &read {
            Some((_, inspection)) if !listed => self.used(inspection)?,
            _ => Vec::new(),
        };
        waiting.pop();
        let change = self.change(&known.needed, used, &beside);
        let relinked = change.is_some();
        let opened = match change {
            None => file.path.clone(),
            Some(change) => {
                let bytes = read.map_or_else(|| file.read(), |(bytes, _)| Ok(bytes))?;
                place::relinked(&file, &bytes, &change, context)?
            }
        };
        let extension = PreparedExtension {
            path: opened,
            zend: known.zend,
            original: file.path,
            relinked,
            of_host: false,
            listed,
        };
        let ready = &mut lock(&self.ready).extensions;
        if !ready.contains(&extension) {
            ready.push(extension.clone());
        }
        Ok(extension)
    }

    /// Those extensions of the runtime that a file names as being beside it, with what is to be opened in their place. The loader opens
    /// them by itself, so they are checked here.
    fn beside(
        &self,
        needed: &[String],
        waiting: &mut Vec<PathBuf>,
        context: &mut Context<'_>,
    ) -> Result<Vec<(String, PreparedExtension)>, PreflightError> {
        let mut beside = Vec::new();
        for name in needed {
            let Some(file) = name.strip_prefix(BESIDE) else {
                continue;
            };
            let path = self.directory().join(file);
            if !is_waiting(&path, waiting) {
                beside.push((name.clone(), self.fit_for(&path, waiting, context)?));
            }
        }
        Ok(beside)
    }

    /// What the file is, and its bytes where they were read: one that the manifest lists is not read again once it was verified.
    fn learn(&self, file: &Opened, context: &Context<'_>) -> Result<(Known, Option<Read>), PreflightError> {
        let Some(expected) = self.stated_hash(file) else {
            let bytes = file.read()?;
            let inspection = file.inspect(&bytes)?;
            self.judge(file, &inspection)?;
            return Ok((Known::of(&inspection), Some((bytes, Box::new(inspection)))));
        };
        Ok(match file.verify(expected, context)? {
            Verified::Before(known) => (known, None),
            Verified::Now(bytes, inspection) => {
                self.judge(file, &inspection)?;
                let known = Known::of(&inspection);
                file.remember(expected, &known, context);
                (known, Some((bytes, inspection)))
            }
        })
    }

    /// The paths of those extensions, of what was made ready so far, whose functions or data this one uses. The host may have others of
    /// the same names, which the loader would find first.
    fn used(&self, inspection: &Inspection) -> Result<Vec<String>, PreflightError> {
        let mut used = Vec::new();
        for other in self.ready() {
            let file = Opened::of_anyone("extension", &other.original)?;
            if inspection.uses(&file.inspect(&file.read()?)?) {
                used.push(other.path.display().to_string());
            }
        }
        Ok(used)
    }

    /// Makes those of these files ready that the runtime lists, where there are others as well: wherever they are named, the others may
    /// use them.
    pub(super) fn listed_first(&self, paths: &[PathBuf], context: &mut Context<'_>) -> Result<(), PreflightError> {
        let is_listed = |path: &PathBuf| path.canonicalize().is_ok_and(|path| self.stated(&path).is_some());
        let (listed, others): (Vec<_>, Vec<_>) = paths
            .iter()
            .filter(|path| path.exists())
            .partition(|path| is_listed(path));
        if others.is_empty() {
            return Ok(());
        }
        listed
            .into_iter()
            .try_for_each(|path| self.fit(path, context).map(drop))
    }

    /// The names and paths of those extensions of the runtime whose functions or data this one uses.
    fn used_of_runtime(&self, inspection: &Inspection) -> Result<Vec<(String, PathBuf)>, PreflightError> {
        let mut used = Vec::new();
        for name in self.runtime.manifest.extensions.keys() {
            let path = self.directory().join(name);
            // One that is not there is told where it is wanted.
            if !path.exists() {
                continue;
            }
            let file = Opened::of_anyone("extension", &path)?;
            if inspection.uses(&file.inspect(&file.read()?)?) {
                used.push((name.clone(), path));
            }
        }
        Ok(used)
    }

    /// How a file at `target` is to name the extensions of the runtime that it uses: a runtime's directory may be moved. By a path in any
    /// case, since the host's extension of that name may have the same SONAME.
    pub(super) fn names_for(&self, inspection: &Inspection, target: &Path) -> Result<Vec<String>, PreflightError> {
        let parent = target.parent().and_then(|parent| parent.canonicalize().ok());
        let is_beside = parent.is_some() && parent == self.directory().canonicalize().ok();
        let name = |(name, path): (String, PathBuf)| {
            if is_beside {
                format!("{BESIDE}{name}")
            } else {
                path.display().to_string()
            }
        };
        Ok(self.used_of_runtime(inspection)?.into_iter().map(name).collect())
    }

    /// Where the runtime has its extensions.
    fn directory(&self) -> PathBuf {
        self.runtime.directory.join(&self.runtime.manifest.extension_dir)
    }

    /// What makes an extension that needs these bind to this guest, to `used` of its extensions, and to the copies of those `beside` it;
    /// `None`: nothing is to be done.
    pub(super) fn change(
        &self,
        needed: &[String],
        used: Vec<String>,
        beside: &[(String, PreparedExtension)],
    ) -> Option<Relink> {
        let used: Vec<String> = used.into_iter().filter(|name| !needed.contains(name)).collect();
        let missing = !needed.contains(&self.dependency);
        if !missing && used.is_empty() && !beside.iter().any(|(_, other)| other.relinked) {
            return None;
        }
        let libphp = missing.then(|| Relink::to_libphp(&self.dependency, self.other_libphp(needed)));
        let mut change = libphp.unwrap_or_default().with_needed(used);
        // A copy in memory is beside nothing.
        let paths = beside
            .iter()
            .map(|(name, other)| (name.clone(), other.path.display().to_string()));
        change.replace_needed.extend(paths);
        Some(change)
    }

    /// The dependency on another libphp, which is to be replaced.
    fn other_libphp<'n>(&self, needed: &'n [String]) -> Option<&'n str> {
        let soname = &self.runtime.manifest.soname;
        let mut needed = needed.iter().map(String::as_str);
        needed.find(|name| name == soname || name.starts_with("libphp"))
    }

    /// The hash that the manifest states for a file of the runtime's own directory.
    fn stated_hash(&self, file: &Opened) -> Option<&str> {
        self.stated(&file.path)
    }

    fn stated(&self, path: &Path) -> Option<&str> {
        let directory = self.directory().canonicalize().ok()?;
        let name = path.strip_prefix(directory).ok()?.to_str()?;
        self.runtime.manifest.extension_sha256(name)
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

fn is_waiting(path: &Path, waiting: &[PathBuf]) -> bool {
    path.canonicalize().is_ok_and(|path| waiting.contains(&path))
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
    let mut paths = Vec::new();
    for name in &options.extensions {
        if name == HOST {
            paths.extend(paths_of_host(options, runtime, context));
        } else {
            paths.push(locate(name, directory));
        }
    }
    rules.listed_first(&paths, context)?;
    let mut prepared: Vec<PreparedExtension> = Vec::new();
    for name in &options.extensions {
        if name == HOST {
            for extension in of_host(options, runtime, rules, context)? {
                if !prepared.iter().any(|earlier| earlier.original == extension.original) {
                    prepared.push(extension);
                }
            }
            continue;
        }
        let path = locate(name, directory);
        if !path.exists() && is_built_in(&runtime.manifest, module_of(name)) {
            context
                .warnings
                .push(format!("extension {name} is part of libphp and need not be named"));
            continue;
        }
        let real = path.canonicalize().ok();
        let earlier = prepared
            .iter_mut()
            .find(|earlier| real.as_deref() == Some(&earlier.original));
        match earlier {
            // Somebody names it: it has to be there.
            Some(earlier) if earlier.of_host => earlier.of_host = false,
            Some(_) => context.warnings.push(format!("extension {name} is named twice")),
            None => prepared.push(rules.fit(&path, context)?),
        }
    }
    Ok(prepared)
}

/// The runtime's files for the modules of the host, in the host's order, in which what a module needs comes before it. Zend extensions
/// are loaded by name only, and so are all beside a libphp of others: it may have them inside.
pub(super) fn of_host(
    options: &Options,
    runtime: &Runtime,
    rules: &ExtensionRules,
    context: &mut Context<'_>,
) -> Result<Vec<PreparedExtension>, PreflightError> {
    let mut found = Vec::new();
    for path in paths_of_host(options, runtime, context) {
        let extension = rules.fit(&path, context)?;
        if !extension.zend {
            found.push(PreparedExtension {
                of_host: true,
                ..extension
            });
        }
    }
    Ok(found)
}

fn paths_of_host(options: &Options, runtime: &Runtime, context: &Context<'_>) -> Vec<PathBuf> {
    if options.library.is_some() {
        return Vec::new();
    }
    let directory = runtime.directory.join(&runtime.manifest.extension_dir);
    let files = context.env.modules.iter().map(|module| file_of(module));
    let files = files.filter(|file| runtime.manifest.extension_sha256(file).is_some());
    files.map(|file| directory.join(file)).collect()
}

/// Where a runtime has a module: in lower case, as in the names of PHP's own extensions.
pub(super) fn file_of(module: &str) -> String {
    format!("{}.so", module.to_ascii_lowercase())
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

/// The module of an extension's name.
fn module_of(name: &str) -> &str {
    let name = name.trim_end_matches(".so");
    if name.eq_ignore_ascii_case("opcache") {
        "Zend OPcache"
    } else {
        name
    }
}
