//! `FfiZts\relink()`: gives an extension its dependency on the runtime's libphp, for good.

// Functions take what ext-php-rs hands over.
#![allow(clippy::needless_pass_by_value, missing_docs)]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use ext_php_rs::binary_slice::BinarySlice;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::throw::{Class, throw};
use super::{facts, shim, values};
use crate::core::options::Options;
use crate::vm::preflight::{self, RelinkRequest, Relinked};

/// Returns an array: suitable, reasons, module, changed, added, replaced, runpath, output, sha256.
#[php_function]
#[php(name = "FfiZts\\relink", defaults(check = false))]
pub fn relink(
    file: BinarySlice<u8>,
    output: Option<BinarySlice<u8>>,
    runpath: Option<&str>,
    check: bool,
    options: Option<&ZendHashTable>,
) -> Zval {
    let paths = [Some(&file), output.as_ref()];
    if paths.iter().flatten().any(|path| path.is_empty() || path.contains(&0)) {
        throw(Class::Misuse, "relink(): a path is empty or holds a NUL byte");
        return Zval::null();
    }
    for path in paths.into_iter().flatten() {
        if !shim::may_access(path) {
            let path = String::from_utf8_lossy(path);
            throw(Class::Policy, &format!("relink(): open_basedir does not allow {path}"));
            return Zval::null();
        }
    }
    let path = |bytes: &[u8]| PathBuf::from(OsString::from_vec(bytes.to_vec()));
    let request = RelinkRequest {
        file: path(&file),
        output: output.as_ref().map(|output| path(output)),
        runpath: runpath.map(str::to_owned),
        check,
    };
    match run(options, &request) {
        Ok(done) => array(&request, done),
        Err((class, message)) => {
            throw(class, &message);
            Zval::null()
        }
    }
}

/// Adds the function to the module.
pub(super) fn register(module: ModuleBuilder) -> ModuleBuilder {
    module.function(wrap_function!(relink))
}

fn run(options: Option<&ZendHashTable>, request: &RelinkRequest) -> Result<Relinked, (Class, String)> {
    let given = options.map(values::options).unwrap_or_default();
    let options =
        Options::parse(&given, &facts::ini_lookup).map_err(|error| (Class::Misuse, format!("relink(): {error}")))?;
    facts::check_trust(&options, &facts::collect()).map_err(|error| (Class::Policy, error.to_string()))?;
    preflight::relink(&options, &facts::host_env(), request).map_err(|error| (Class::Boot, format!("relink: {error}")))
}

fn array(request: &RelinkRequest, done: Relinked) -> Zval {
    let mut table = ZendHashTable::new();
    let text = |path: &PathBuf| path.display().to_string();
    // Conversions of plain values cannot fail.
    let mut put = |key: &str, value: Zval| drop(table.insert(key, value));
    let zval = |text: Option<String>| text.into_zval(false).unwrap_or_else(|_| Zval::null());
    put("file", zval(Some(text(&request.file))));
    put("suitable", flag(done.reasons.is_empty()));
    put(
        "reasons",
        done.reasons.into_zval(false).unwrap_or_else(|_| Zval::null()),
    );
    put("module", zval(done.module));
    put("changed", flag(done.changed));
    put("added", zval(done.added));
    put("replaced", zval(done.replaced));
    put("runpath", zval(done.runpath));
    put("output", zval(done.output.as_ref().map(text)));
    put("sha256", zval(Some(done.sha256).filter(|sum| !sum.is_empty())));
    table.into_zval(false).unwrap_or_else(|_| Zval::null())
}

fn flag(value: bool) -> Zval {
    let mut zval = Zval::new();
    zval.set_bool(value);
    zval
}
