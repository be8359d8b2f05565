//! Where a relinked file goes: into sealed memory.
//!
//! No copy is kept for the next boot. What a directory of this user holds, any script of this user may have put there, and may
//! exchange between a check and the opening; relinking is a matter of milliseconds.

use std::ffi::CString;
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use super::super::sys::memfd;
use super::context::Context;
use super::error::PreflightError;
use super::file::Opened;
use crate::elf::{self, Relink};

/// A changed copy of the file.
pub(super) fn relinked(
    file: &Opened,
    bytes: &[u8],
    change: &Relink,
    context: &mut Context<'_>,
) -> Result<PathBuf, PreflightError> {
    let output = elf::relink(bytes, change).map_err(|e| PreflightError::elf(file.what, &file.path, &e))?;
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
