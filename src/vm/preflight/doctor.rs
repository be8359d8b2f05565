//! The same checks without stopping at the first refusal, for `ffi-zts doctor`.

use std::path::Path;
use std::sync::Arc;

use super::context::Context;
use super::error::PreflightError;
use super::extension::{self, ExtensionRules};
use super::lacking::lacking;
use super::runtime::Runtime;
use super::{HostEnv, PreparedExtension, ini_file, library, runtime};
use crate::core::options::{HOST, Options};

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, e.g. `libphp` or `extension opcache`.
    pub check: String,
    /// Nothing to do.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What helps; empty when nothing needs help.
    pub remedy: String,
}

impl Finding {
    fn good(check: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            ok: true,
            detail: detail.into(),
            remedy: String::new(),
        }
    }

    fn bad(check: impl Into<String>, error: &PreflightError) -> Self {
        Self {
            check: check.into(),
            ok: false,
            detail: error.detail(),
            remedy: error.remedy(),
        }
    }

    fn of(check: impl Into<String>, result: Result<String, PreflightError>) -> Self {
        let check = check.into();
        match result {
            Ok(detail) => Self::good(check, detail),
            Err(error) => Self::bad(check, &error),
        }
    }
}

/// Checks everything that a boot with these options would check.
#[must_use]
pub fn doctor_findings(options: &Options, env: &HostEnv) -> Vec<Finding> {
    let mut context = Context::new(env);
    examine(options, &mut context)
}

pub(super) fn examine(options: &Options, context: &mut Context<'_>) -> Vec<Finding> {
    let allocator = context.check_process().map(|()| "the C library's".into());
    let mut findings = vec![Finding::of("allocator", allocator), cache(context)];
    match runtime::find(options, context) {
        Err(error) => findings.push(Finding::bad("runtime", &error)),
        Ok(runtime) => {
            let (path, manifest) = (runtime.directory.display(), &runtime.manifest);
            findings.push(Finding::good(
                "runtime",
                format!("{path}, PHP {}, {}", manifest.php_version, manifest.arch),
            ));
            examine_runtime(options, &Arc::new(runtime), context, &mut findings);
        }
    }
    if let Some(path) = &options.libdir {
        let found = context
            .trust
            .directory("libdir", path)
            .map(|path| path.display().to_string());
        findings.push(Finding::of("libdir", found));
    }
    for warning in std::mem::take(&mut context.warnings) {
        let remedy = "build the runtime against the system's libraries (make build)".into();
        findings.push(Finding {
            check: "libraries".into(),
            ok: false,
            detail: warning,
            remedy,
        });
    }
    findings
}

fn examine_runtime(options: &Options, runtime: &Arc<Runtime>, context: &mut Context<'_>, findings: &mut Vec<Finding>) {
    let library = match library::check(options, runtime, context) {
        Err(error) => return findings.push(Finding::bad("libphp", &error)),
        Ok(library) => library,
    };
    findings.push(Finding::good(
        "libphp",
        format!("{} ({})", library.path.display(), library.dependency),
    ));
    let guest = runtime::guest_half(runtime, &library, context).map(|path| path.display().to_string());
    findings.push(Finding::of("guest half", guest));
    let rules = ExtensionRules::new(runtime, &library, context);
    let directory = match extension::directory(options, runtime, context) {
        Err(error) => return findings.push(Finding::bad("extension directory", &error)),
        Ok(directory) => directory,
    };
    for name in options.extensions.iter().filter(|name| *name != HOST) {
        let told = told(&rules, &extension::locate(name, &directory), context);
        findings.push(Finding::of(format!("extension {name}"), told));
    }
    let wanted = options.extensions.iter().any(|name| name == HOST);
    let found = if wanted {
        extension::of_host(options, runtime, &rules, context)
    } else {
        Ok(Vec::new())
    };
    let of_host = found.map(|found| host_words(&found, &rules.ready(), runtime, context));
    findings.push(Finding::of("extensions of the host", of_host));
    let named = match ini_file::extensions(options, &directory) {
        Err(error) => return findings.push(Finding::bad("ini_file", &error)),
        Ok(named) => named,
    };
    for line in named {
        let name = line.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let told = told(&rules, &line.file, context).map_err(|error| line.refusal(error));
        findings.push(Finding::of(format!("extension {name}"), told));
    }
}

/// What the guest has of its host, and what not. Nothing of it keeps a guest from starting.
fn host_words(
    found: &[PreparedExtension],
    ready: &[PreparedExtension],
    runtime: &Runtime,
    context: &Context<'_>,
) -> String {
    let names = found
        .iter()
        .filter_map(|extension| extension.original.file_stem()?.to_str());
    let names: Vec<_> = names.collect();
    let mut parts = vec![if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }];
    for lacking in lacking(&context.env.modules, &runtime.manifest, ready) {
        let remedy = Some(lacking.remedy).filter(|remedy| !remedy.is_empty());
        let remedy = remedy.map_or(String::new(), |remedy| format!(" ({remedy})"));
        parts.push(format!("not {}: {}{remedy}", lacking.module, lacking.reason));
    }
    parts.join("; ")
}

/// What becomes of an extension.
fn told(rules: &ExtensionRules, file: &Path, context: &mut Context<'_>) -> Result<String, PreflightError> {
    let extension = rules.fit(file, context)?;
    let original = extension.original.display();
    Ok(if extension.relinked {
        format!("{original}, relinked in memory at each boot")
    } else {
        format!("{original}, as it is")
    })
}

fn cache(context: &Context<'_>) -> Finding {
    match &context.cache {
        Ok(_) => Finding::good("cache", "hashes are remembered"),
        // Slower, not wrong.
        Err(why) => Finding::good("cache", format!("none, files are hashed at each boot: {why}")),
    }
}
