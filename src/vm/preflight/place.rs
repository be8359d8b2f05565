//! Where a relinked file goes: into the cache, or, where there is none, into memory.

use std::ffi::CString;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use super::super::sys::memfd;
use super::cache::sha256;
use super::context::Context;
use super::error::PreflightError;
use super::file::Opened;
use crate::elf::{self, Relink};

/// Raise it when the same input relinks to something else.
const RELINK_VERSION: u32 = 1;

/// A copy of the file that depends on `dependency`, in place of `old` where that is given.
pub(super) fn relinked(
    file: &Opened,
    bytes: &[u8],
    dependency: &str,
    old: Option<&str>,
    context: &mut Context<'_>,
) -> Result<PathBuf, PreflightError> {
    let source = format!(
        "{RELINK_VERSION}|{}|{dependency}|{}",
        sha256(bytes),
        old.unwrap_or_default()
    );
    let source = sha256(source.as_bytes());
    if let Some(path) = context.cache.as_ref().ok().and_then(|cache| cache.relinked(&source)) {
        return Ok(path);
    }
    let output = elf::relink(bytes, &Relink::to_libphp(dependency, old))
        .map_err(|e| PreflightError::elf(file.what, &file.path, &e))?;
    if let Some(path) = context
        .cache
        .as_ref()
        .ok()
        .and_then(|cache| cache.keep(&source, &output))
    {
        return Ok(path);
    }
    let name = file
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let name = CString::new(name).unwrap_or_default();
    let descriptor =
        memfd::sealed(&name, &output).map_err(|e| PreflightError::system("relink in memory", &file.path, &e))?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", descriptor.as_raw_fd()));
    context.keep_open.push(descriptor);
    Ok(path)
}
