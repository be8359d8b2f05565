//! The runtime directory, its `runtime.json` and its guest half.

use std::path::{Path, PathBuf};

use super::cache::Known;
use super::context::Context;
use super::error::PreflightError;
use super::file::{Opened, Verified};
use super::library::Library;
use super::place;
use crate::core::manifest::{Manifest, ManifestError};
use crate::core::options::Options;
use crate::elf::{Inspection, Machine, Relink};

/// A `runtime.json` is a few kilobytes.
const MAX_MANIFEST: usize = 1 << 20;

/// Name of the symbol that makes a file a guest half.
const ATTACH: &str = "ffi_zts_guest_attach";

/// A runtime directory.
#[derive(Debug)]
pub(super) struct Runtime {
    pub(super) directory: PathBuf,
    pub(super) manifest: Manifest,
}

/// Where a runtime is looked for.
pub(super) fn candidates(options: &Options, context: &Context<'_>) -> Vec<PathBuf> {
    if let Some(directory) = &options.runtime {
        return vec![directory.clone()];
    }
    let own = &context.env.own_library_path;
    let beside = own.canonicalize().unwrap_or_else(|_| own.clone());
    let beside = beside.parent().unwrap_or(Path::new("/"));
    vec![beside.join("runtime"), beside.join("ffi_zts/runtime")]
}

/// Finds the runtime and reads what it is.
pub(super) fn find(options: &Options, context: &Context<'_>) -> Result<Runtime, PreflightError> {
    let looked = candidates(options, context);
    let Some(directory) = looked.iter().find(|directory| directory.join("runtime.json").exists()) else {
        return Err(PreflightError::NoRuntime { looked });
    };
    let directory = context.trust.directory("the runtime", directory)?;
    let file = Opened::open("runtime.json", &directory.join("runtime.json"), context)?;
    let bytes = file.read()?;
    let refuse = |cause| PreflightError::Manifest {
        path: file.path.clone(),
        cause,
    };
    if bytes.len() > MAX_MANIFEST {
        return Err(refuse(ManifestError::Syntax("it is too long".into())));
    }
    let manifest = Manifest::parse(&String::from_utf8_lossy(&bytes)).map_err(refuse)?;
    let native = Machine::native().map_or(std::env::consts::ARCH, Machine::name);
    if manifest.arch != native {
        let reason = format!("is {}, but this machine is {native}", manifest.arch);
        return Err(refuse(ManifestError::Field { field: "arch", reason }));
    }
    Ok(Runtime { directory, manifest })
}

/// Checks the guest half; what comes back depends on the library in use.
pub(super) fn guest_half(
    runtime: &Runtime,
    library: &Library,
    context: &mut Context<'_>,
) -> Result<PathBuf, PreflightError> {
    let path = runtime.directory.join("runtime.json");
    let guest = runtime
        .manifest
        .guest()
        .map_err(|cause| PreflightError::Manifest { path, cause })?;
    let file = Opened::open("the guest half", &runtime.directory.join(&guest.file), context)?;
    let verified = file.verify(&guest.sha256, context)?;
    if let Verified::Now(_, inspection) = &verified {
        check_guest_half(&file, inspection)?;
        file.remember(&guest.sha256, &Known::of(inspection), context);
    }
    let needed = match &verified {
        Verified::Before(known) => &known.needed,
        Verified::Now(_, inspection) => &inspection.needed,
    };
    if needed.contains(&library.dependency) {
        return Ok(file.path);
    }
    let old = needed.iter().find(|name| **name == runtime.manifest.soname).cloned();
    let bytes = match verified {
        Verified::Before(_) => file.read()?,
        Verified::Now(bytes, _) => bytes,
    };
    place::relinked(
        &file,
        &bytes,
        &Relink::to_libphp(&library.dependency, old.as_deref()),
        context,
    )
}

fn check_guest_half(file: &Opened, inspection: &Inspection) -> Result<(), PreflightError> {
    let mut reasons = Vec::new();
    if Some(inspection.machine) != Machine::native() {
        reasons.push(format!("it is built for {}", inspection.machine.name()));
    }
    if !inspection.exports(ATTACH) {
        reasons.push(format!("it does not export {ATTACH}"));
    }
    if reasons.is_empty() {
        return Ok(());
    }
    let remedy = "rebuild it with `make build`".into();
    Err(PreflightError::Unsuitable {
        what: file.what,
        path: file.path.clone(),
        reasons,
        remedy,
    })
}
