//! `FfiZts\Internal\Cli`: what the `ffi-zts run` command needs and nobody else should use.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::engine::{self, Request};
use super::throw::{Class, throw};
use super::{facts, shim, values};
use crate::core::options::{OptionValue, Options};
use crate::core::policy::PolicyError;
use crate::vm::ScriptMode;

/// Runs one request in the guest exactly as php-cli would.
#[php_class]
#[php(name = "FfiZts\\Internal\\Cli", flags = ext_php_rs::flags::ClassFlags::Final)]
pub struct Cli;

#[php_impl]
impl Cli {
    /// Returns the exit status. Keys of `spec`: `options`, `executable`, `ini_text`, `ini_path`, `no_ini`, `mode`, `script`,
    /// `argv`.
    pub fn main(spec: &ZendHashTable) -> i64 {
        engine::leave(shim::refuse_emptied()); // nothing is held yet
        run(spec).unwrap_or(255)
    }
}

/// Its php.ini lines and file go past the options: they are taken where options may be anything. Elsewhere a command line has the
/// rest of it, and other SAPIs nothing.
fn check(lines: Option<Vec<u8>>, file: Option<Vec<u8>>) -> Result<(), PolicyError> {
    let host = facts::collect();
    let what = match (lines, file) {
        _ if host.trusts_scripts() => return Ok(()),
        (Some(lines), _) if host.is_cli && !lines.is_empty() => "a setting (-d, -z)",
        (_, Some(_)) if host.is_cli => "a php.ini (-c)",
        _ if host.is_cli => return Ok(()),
        _ => "FfiZts\\Internal\\Cli::main()",
    };
    let sapi = host.place();
    Err(PolicyError::CommandLineOnly { what, sapi })
}

fn run(spec: &ZendHashTable) -> Option<i64> {
    let text = |key: &str| {
        spec.get(key)
            .and_then(Zval::zend_str)
            .map(|text| text.as_bytes().to_vec())
    };
    if let Err(error) = check(text("ini_text"), text("ini_path")) {
        throw(Class::Policy, &error.to_string());
        return None;
    }
    let mode = match text("mode").as_deref() {
        Some(b"file") => ScriptMode::File,
        Some(b"code") => ScriptMode::Code,
        Some(b"stdin") => ScriptMode::Stdin,
        Some(b"lint") => ScriptMode::Lint,
        _ => {
            throw(Class::Misuse, "Cli::main(): mode must be file, code, stdin or lint");
            return None;
        }
    };
    let mut given = spec
        .get("options")
        .and_then(Zval::array)
        .map(values::options)
        .unwrap_or_default();
    for (name, value) in [("sapi_name", "cli"), ("output", "stdout")] {
        if !given.iter().any(|(key, _)| key == name) {
            given.push((name.to_owned(), OptionValue::Text(value.as_bytes().to_vec())));
        }
    }
    let ini = text("ini_text").unwrap_or_default();
    let options = match Options::parse(&given, &facts::ini_lookup) {
        Ok(options) => std::sync::Arc::new(options),
        Err(error) => {
            throw(Class::Misuse, &error.to_string());
            return None;
        }
    };
    let path = |key: &str| text(key).map(|bytes| PathBuf::from(OsString::from_vec(bytes)));
    engine::raw_ini(facts::RawIni {
        text: ini,
        path: path("ini_path"),
        executable: path("executable"),
        search: spec.get("no_ini").is_none_or(|flag| flag.bool() != Some(true)),
    });
    let argv = match values::arguments(spec.get("argv").and_then(Zval::array)) {
        Ok(argv) => argv,
        Err(message) => {
            throw(Class::Misuse, &message);
            return None;
        }
    };
    let request = Request {
        mode,
        script: text("script").unwrap_or_default(),
        argv,
        as_cli: true,
    };
    let job = engine::submit(&options, request);
    engine::forget_raw_ini();
    let job = job?;
    let status = engine::exit_status(&job);
    drop((job, options));
    match status {
        Ok(status) => Some(i64::from(status)),
        Err(flow) => {
            engine::leave(flow);
            None
        }
    }
}
