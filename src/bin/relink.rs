//! Gives one extension the dependency on a runtime's libphp, for `scripts/build-extension.sh`:
//!
//! `ffi-zts-relink IN OUT SONAME`
use std::path::Path;
use std::process::ExitCode;

use ffi_zts::elf::{Relink, inspect, relink};

fn run(input: &Path, output: &Path, soname: &str) -> Result<(), String> {
    let failed = |path: &Path, e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let bytes = std::fs::read(input).map_err(|e| failed(input, &e))?;
    let found = inspect(&bytes).map_err(|e| failed(input, &e))?;
    let old = found.needed.iter().find(|name| name.starts_with("libphp"));
    let relinked =
        relink(&bytes, &Relink::to_libphp(soname, old.map(String::as_str))).map_err(|e| failed(input, &e))?;
    std::fs::write(output, relinked).map_err(|e| failed(output, &e))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, soname] = arguments.as_slice() else {
        eprintln!("usage: ffi-zts-relink IN OUT SONAME");
        return ExitCode::FAILURE;
    };
    match run(Path::new(input), Path::new(output), soname) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("ffi-zts-relink: {message}");
            ExitCode::FAILURE
        }
    }
}
