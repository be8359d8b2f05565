//! Shared objects for tests, compiled when the test runs; no binary is kept in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A new directory below the system's, removed when dropped.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new() -> Self {
        let name = format!(
            "ffi_zts-test-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("create a directory for the test");
        mode(&path, 0o755);
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Sets the mode of a file or directory.
pub(crate) fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).expect("set the mode");
}

/// A compiled file in a directory of its own.
pub(crate) struct Fixture {
    directory: TempDir,
}

impl Fixture {
    /// Compiles `source` to a shared object.
    pub(crate) fn build(source: &str, flags: &[&str]) -> Self {
        Self::compile(source, &[&["-shared", "-fPIC"], flags].concat())
    }

    /// Compiles `source` to a position-independent executable.
    pub(crate) fn build_executable(source: &str) -> Self {
        Self::compile(source, &["-fPIE", "-pie"])
    }

    fn compile(source: &str, flags: &[&str]) -> Self {
        let directory = TempDir::new();
        let input = directory.path().join("fixture.c");
        std::fs::write(&input, source).expect("write the fixture's source");
        let output = Command::new("cc")
            .args(["-w", "-O1", "-o"])
            .arg(directory.path().join("fixture.so"))
            .arg(&input)
            .args(flags)
            .output()
            .expect("cc is needed by the tests");
        assert!(
            output.status.success(),
            "cc: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Self { directory }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("fixture.so")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).expect("read the fixture")
    }
}

/// Source of an extension with this build id.
pub(crate) fn extension_source(build_id: &str) -> String {
    format!(
        "extern int zend_parse_parameters(int, ...); static const char id[] = \"{build_id}\";
         const void *get_module(void) {{ return id; }} int use(void) {{ return zend_parse_parameters(0); }}"
    )
}

/// Something like a PHP extension.
pub(crate) fn extension(build_id: &str) -> Fixture {
    Fixture::build(&extension_source(build_id), &[])
}

/// Something like a thread-safe libphp of PHP 8.2; `extra` is more source.
pub(crate) fn engine(soname: &str, extra: &str) -> Fixture {
    let soname = format!("-Wl,-soname,{soname}");
    Fixture::build(&engine_source(extra), &[&soname])
}

/// Source of [`engine`].
pub(crate) fn engine_source(extra: &str) -> String {
    let functions = [
        "php_module_startup",
        "sapi_startup",
        "php_request_startup",
        "zend_eval_string",
        "tsrm_startup",
        "zend_parse_parameters",
    ];
    let functions = functions
        .map(|name| format!("int {name}(int a, ...) {{ return 7; }}\n"))
        .concat();
    format!(
        "const char *id = \"API20220829,TS\"; const char *version = \"X-Powered-By: PHP/8.2.99\";\n{functions}\n{extra}"
    )
}

/// Copies of `bytes` with a few flipped bits each; the headers and tables at the front and the back get most of them.
pub(crate) fn flipped(bytes: &[u8], count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("below a usize")
    };
    let bytes = bytes.to_vec();
    (0..count).map(move |round| {
        let mut copy = bytes.clone();
        for _ in 0..=random(3) {
            let at = match round % 4 {
                0 => random(copy.len()),
                1 => random(copy.len().min(1_024)),
                2 => copy.len() - 1 - random(copy.len().min(2_048)),
                _ => random(copy.len().min(64)),
            };
            copy[at] ^= if random(2) == 0 { 1 << random(8) } else { 0xFF };
        }
        copy
    })
}

/// Opens a shared object in a process of its own, which finds libraries in `libdir`, and returns what one of its
/// functions returns.
pub(crate) fn call(path: &Path, function: &str, libdir: &Path) -> i32 {
    let source = "#include <dlfcn.h>\n#include <stdio.h>\nint main(int argc, char **argv) {
        void *lib = dlopen(argv[1], RTLD_NOW);
        if (!lib) { fprintf(stderr, \"%s\\n\", dlerror()); return 255; }
        int (*function)(void) = (int (*)(void)) dlsym(lib, argv[2]);
        return function ? function() : 254; }";
    let program = Fixture::build_executable(source);
    let output = Command::new(program.path())
        .arg(path)
        .arg(function)
        .env("LD_LIBRARY_PATH", libdir)
        .output()
        .expect("run the program");
    output
        .status
        .code()
        .unwrap_or_else(|| panic!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)))
}
