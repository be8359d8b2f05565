//! What the host has and the guest will not have, with what helps.

use std::path::Path;

use super::PreparedExtension;
use super::extension::file_of;
use crate::core::manifest::Manifest;

/// A module of the host that the guest does without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Its name, as the host has it.
    pub module: String,
    /// Why.
    pub reason: String,
    /// What helps; empty where nothing does.
    pub remedy: String,
}

impl Lacking {
    /// Would this file bring it?
    pub(super) fn is_file(&self, file: &Path) -> bool {
        file.file_name()
            .is_some_and(|name| *name == *file_of(short(&self.module)))
    }
}

/// They take over what belongs to the host's process: its terminal, its signals.
const OF_THE_PROCESS: [&str; 2] = ["pcntl", "readline"];
/// This extension, which the guest half stands for.
const OWN: &str = "ffi_zts";

/// Compares the host's modules with those of libphp and the extensions that are to be loaded.
pub(super) fn lacking(modules: &[String], manifest: &Manifest, prepared: &[PreparedExtension]) -> Vec<Lacking> {
    let is_loaded = |file: &str| {
        prepared
            .iter()
            .any(|extension| extension.original.file_name().is_some_and(|name| name == file))
    };
    modules
        .iter()
        .filter(|module| !module.eq_ignore_ascii_case(OWN) && !is_built_in(manifest, module))
        .filter_map(|module| {
            let name = short(module);
            let file = file_of(name);
            let (reason, remedy) = if is_loaded(&file) {
                return None;
            } else if OF_THE_PROCESS.contains(&name) {
                ("it is the process's, which is the host's", String::new())
            } else if manifest.extension_sha256(&file).is_some() {
                let remedy = format!("name it: extensions => ['{name}']");
                ("the runtime has it, and nobody has asked for it", remedy)
            } else {
                (
                    "the runtime has no such extension",
                    format!("vendor/bin/ffi-zts build {name}"),
                )
            };
            Some(Lacking {
                module: module.clone(),
                reason: reason.into(),
                remedy,
            })
        })
        .collect()
}

/// What `php -m` lists is compiled into libphp.
pub(super) fn is_built_in(manifest: &Manifest, module: &str) -> bool {
    manifest.modules.iter().any(|known| known.eq_ignore_ascii_case(module))
}

/// The name by which it is loaded.
fn short(module: &str) -> &str {
    if module.eq_ignore_ascii_case("Zend OPcache") {
        "opcache"
    } else {
        module
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::core::manifest::tests::sample;

    #[test]
    fn each_has_its_reason_and_what_helps() {
        let mut manifest = Manifest::parse(&sample().to_string()).unwrap();
        manifest.modules = vec!["Core".into(), "PDO".into()];
        manifest.extensions.insert("curl.so".into(), "3".repeat(64));
        let prepared = PreparedExtension {
            path: PathBuf::from("/proc/self/fd/9"),
            zend: false,
            original: PathBuf::from("/runtime/ext/ffi.so"),
            relinked: true,
            of_host: true,
            listed: true,
        };
        let modules: Vec<String> = [
            "Core",
            "pdo",
            "FFI",
            "ffi_zts",
            "pcntl",
            "curl",
            "Zend OPcache",
            "imagick",
        ]
        .map(str::to_owned)
        .into();
        let found = lacking(&modules, &manifest, &[prepared]);
        let told: Vec<_> = found
            .iter()
            .map(|lacking| (lacking.module.as_str(), lacking.remedy.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("pcntl", ""),
                ("curl", "name it: extensions => ['curl']"),
                ("Zend OPcache", "name it: extensions => ['opcache']"),
                ("imagick", "vendor/bin/ffi-zts build imagick"),
            ]
        );
    }
}
