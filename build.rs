//! Reads php-config, tells the code which side it is built for, and compiles that side's C shim.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-env-changed=PHP_CONFIG");
    println!("cargo:rerun-if-env-changed=FFI_ZTS_LIBPHP");
    println!("cargo:rerun-if-changed=build.rs");
    let host = env::var_os("CARGO_FEATURE_HOST").is_some();
    let guest = env::var_os("CARGO_FEATURE_GUEST").is_some();
    assert!(
        !(host && guest),
        "the features `host` and `guest` are two builds: use --no-default-features --features guest"
    );
    if !host && !guest {
        return; // the engine alone has no PHP in it
    }
    let php = PhpConfig::read();
    if guest {
        assert!(
            php.zts,
            "the guest half needs the php-config of a ZTS build in PHP_CONFIG; {} is NTS",
            php.path.display()
        );
        php.compile("src/guest/shim", "fz_guest_shim");
        println!("cargo:rustc-cdylib-link-arg={}", php.libphp().display());
    } else {
        assert!(
            !php.zts,
            "the host half needs the php-config of an NTS build in PHP_CONFIG; {} is ZTS",
            php.path.display()
        );
        php.compile("src/host/shim", "fz_host_shim");
    }
}

struct PhpConfig {
    path: PathBuf,
    includes: Vec<String>,
    prefix: PathBuf,
    zts: bool,
}

impl PhpConfig {
    fn read() -> Self {
        let path = PathBuf::from(env::var_os("PHP_CONFIG").unwrap_or_else(|| "php-config".into()));
        let includes: Vec<String> = ask(&path, "--includes").split_whitespace().map(str::to_owned).collect();
        let prefix = PathBuf::from(ask(&path, "--prefix"));
        let zts = includes.iter().filter_map(|flag| flag.strip_prefix("-I")).any(|dir| {
            fs::read_to_string(Path::new(dir).join("main/php_config.h"))
                .or_else(|_| fs::read_to_string(Path::new(dir).join("php_config.h")))
                .is_ok_and(|text| text.lines().any(|line| line.trim() == "#define ZTS 1"))
        });
        Self {
            path,
            includes,
            prefix,
            zts,
        }
    }

    /// Compiles every C file of a directory, and those that both sides share, into one static library that is linked whole.
    fn compile(&self, dir: &str, name: &str) {
        // What both sides compile, then what is this side's own.
        let mut files: Vec<PathBuf> = ["src/zend", dir]
            .into_iter()
            .flat_map(|dir| fs::read_dir(dir).unwrap_or_else(|error| panic!("{dir}: {error}")))
            .map(|entry| entry.expect("a readable directory").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
            .collect();
        files.sort();
        println!("cargo:rerun-if-changed={dir}");
        println!("cargo:rerun-if-changed=src/zend");
        println!("cargo:rerun-if-changed=src/bridge/bridge.h");
        let mut build = cc::Build::new();
        for flag in &self.includes {
            build.flag(flag);
        }
        build
            .files(&files)
            .define("_GNU_SOURCE", None)
            .flag("-std=gnu11")
            .warnings(true)
            .extra_warnings(true)
            // PHP's own headers are not written for these.
            .flag("-Wno-unused-parameter")
            .flag("-Wno-sign-compare")
            .flag("-Wno-cast-function-type")
            .flag("-fvisibility=hidden")
            .compile(name);
    }

    /// The libphp that the guest half is linked against; its SONAME becomes the dependency.
    fn libphp(&self) -> PathBuf {
        if let Some(path) = env::var_os("FFI_ZTS_LIBPHP") {
            return PathBuf::from(path);
        }
        let beside = self
            .path
            .parent()
            .and_then(Path::parent)
            .map(|runtime| runtime.join("libphp.so"));
        beside
            .into_iter()
            .chain([self.prefix.join("lib/libphp.so")])
            .find(|path| path.exists())
            .unwrap_or_else(|| panic!("no libphp.so beside {}; set FFI_ZTS_LIBPHP", self.path.display()))
    }
}

fn ask(php_config: &Path, option: &str) -> String {
    let output = Command::new(php_config).arg(option).output().unwrap_or_else(|error| {
        panic!(
            "cannot run {}: {error}; install the -dev package of PHP or set PHP_CONFIG",
            php_config.display()
        )
    });
    assert!(output.status.success(), "{} {option} failed", php_config.display());
    String::from_utf8(output.stdout)
        .expect("UTF-8 from php-config")
        .trim()
        .to_owned()
}
