//! Reads and relinks shared objects: bytes in, facts or bytes out.
//!
//! Nothing is executed and nothing is opened: [`inspect`] tells what a file is before any of its code runs, and
//! [`relink`] gives an extension its dependency on the runtime's libphp. Input is not trusted: every offset is checked,
//! a truncated or crafted file is an [`Error`], never a panic.
//!
//! Supported are little-endian 64-bit ELF shared objects for `x86_64` and `aarch64`.
#![forbid(unsafe_code)]

mod append;
mod build_id;
mod error;
mod image;
mod inspection;
mod layout;
mod memory;
mod module_entry;
mod relink;
#[cfg(test)]
pub(crate) mod testing;

pub use build_id::BuildId;
pub use error::{Error, ErrorKind};
pub use inspection::{Inspection, Machine, inspect};
pub use module_entry::Module;
pub use relink::{Relink, relink};
