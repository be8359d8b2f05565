//! `runtime.json`: what a runtime directory holds and what it was built as.
//!
//! `scripts/build-libphp.sh` writes it, `scripts/build.sh` adds the guest half. Fields that we do not know are ignored,
//! so that a newer build script does not lock out an older extension; a changed meaning raises `format`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The `format` that this code understands.
pub const FORMAT: u32 = 1;

/// Why a `runtime.json` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("runtime.json: {}; {}", self.detail(), self.remedy())]
#[non_exhaustive]
pub enum ManifestError {
    /// Not JSON, or a field is missing or ill-typed; the message of the parser names it.
    Syntax(String),
    /// A format of another time.
    Format {
        /// What the file states.
        found: u64,
    },
    /// A field holds something impossible.
    Field {
        /// The field, e.g. `libphp.sha256`.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The runtime has no guest half yet.
    NoGuest,
}

impl ManifestError {
    /// What is wrong, without the remedy.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Self::Syntax(message) => message.clone(),
            Self::Format { found } => format!("format {found} is not understood, only {FORMAT}"),
            Self::Field { field, reason } => format!("{field} {reason}"),
            Self::NoGuest => "guest is null, the guest half is missing".into(),
        }
    }

    /// What helps.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoGuest => "build it (make build), then see `ffi-zts doctor`",
            _ => "rebuild the runtime (make build), then see `ffi-zts doctor`",
        }
    }
}

/// The file of libphp.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Library {
    /// Its name within the runtime directory.
    pub file: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// The file of the guest half.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Guest {
    /// Its name within the runtime directory.
    pub file: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// A checked `runtime.json`.
#[allow(clippy::struct_excessive_bools)] // It mirrors the file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// Always [`FORMAT`].
    pub format: u32,
    /// E.g. `8.2.32`.
    pub php_version: String,
    /// E.g. 80232.
    pub php_version_id: u32,
    /// E.g. `8.2`.
    pub minor: String,
    /// `ZEND_MODULE_API_NO`.
    pub zend_module_api: u32,
    /// `ZEND_EXTENSION_API_NO`.
    pub zend_extension_api: u32,
    /// Thread-safe; always true.
    pub zts: bool,
    /// A debug build.
    pub debug: bool,
    /// Built with `ZEND_SIGNALS`.
    pub zend_signals: bool,
    /// Built with `ZEND_MAX_EXECUTION_TIMERS`.
    pub max_execution_timers: bool,
    /// Built with readline.
    pub readline: bool,
    /// As `uname -m` prints it.
    pub arch: String,
    /// SONAME of libphp.
    pub soname: String,
    /// Key of the build cache.
    pub key: String,
    /// Directory of the extensions within the runtime directory.
    pub extension_dir: String,
    /// libphp.
    pub libphp: Library,
    /// The guest half; absent until it is built.
    pub guest: Option<Guest>,
    /// SHA-256 of each file in `extension_dir`.
    #[serde(default)]
    pub extensions: BTreeMap<String, String>,
    /// Modules compiled into libphp.
    #[serde(default)]
    pub modules: Vec<String>,
    /// The line given to configure.
    #[serde(default)]
    pub configure: String,
    /// Where the source came from.
    #[serde(default)]
    pub source: String,
}

impl Manifest {
    /// Reads and checks the text of a `runtime.json`.
    ///
    /// # Errors
    /// [`ManifestError`] names the field that cannot be used.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|e| ManifestError::Syntax(e.to_string()))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        if let Some(found) = format.filter(|found| *found != u64::from(FORMAT)) {
            return Err(ManifestError::Format { found });
        }
        let manifest: Self = serde_json::from_value(value).map_err(|e| ManifestError::Syntax(e.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The guest half.
    ///
    /// # Errors
    /// [`ManifestError::NoGuest`] while there is none.
    pub fn guest(&self) -> Result<&Guest, ManifestError> {
        self.guest.as_ref().ok_or(ManifestError::NoGuest)
    }

    /// SHA-256 of an extension by file name, where the manifest lists it.
    #[must_use]
    pub fn extension_sha256(&self, file: &str) -> Option<&str> {
        self.extensions.get(file).map(String::as_str)
    }

    fn check(&self) -> Result<(), ManifestError> {
        let id = self.php_version_id;
        let minor = format!("{}.{}", id / 10_000, id / 100 % 100);
        require("php_version_id", (80_000..100_000).contains(&id), || {
            format!("is {id}, which no supported PHP has")
        })?;
        require("minor", self.minor == minor, || {
            format!("is {}, but php_version_id is {id}", self.minor)
        })?;
        require("php_version", self.php_version.starts_with(&minor), || {
            format!("is {}, but minor is {minor}", self.php_version)
        })?;
        require("zts", self.zts, || "is false, but a guest must be thread-safe".into())?;
        let (module, zend) = (self.zend_module_api, self.zend_extension_api);
        require("zend_module_api", (20_200_000..30_000_000).contains(&module), || {
            format!("is {module}, not an API number")
        })?;
        require("zend_extension_api", zend >= 400_000_000, || {
            format!("is {zend}, not an API number")
        })?;
        require("soname", is_name(&self.soname), || {
            format!("is {:?}, not a file name", self.soname)
        })?;
        require("extension_dir", is_name(&self.extension_dir), || {
            format!("is {:?}, not a plain directory name", self.extension_dir)
        })?;
        check_file("libphp.file", &self.libphp.file, "libphp.sha256", &self.libphp.sha256)?;
        if let Some(guest) = &self.guest {
            check_file("guest.file", &guest.file, "guest.sha256", &guest.sha256)?;
        }
        self.extensions
            .iter()
            .try_for_each(|(file, sha256)| check_file("extensions", file, "extensions", sha256))
    }
}

fn require(field: &'static str, holds: bool, reason: impl FnOnce() -> String) -> Result<(), ManifestError> {
    if holds {
        Ok(())
    } else {
        Err(ManifestError::Field {
            field,
            reason: reason(),
        })
    }
}

fn check_file(field: &'static str, file: &str, hash_field: &'static str, sha256: &str) -> Result<(), ManifestError> {
    require(field, is_name(file), || format!("is {file:?}, not a plain file name"))?;
    let hexadecimal = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    require(hash_field, hexadecimal, || format!("is {sha256:?}, not a SHA-256"))
}

/// A name that stays within its directory.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A sound manifest; tests change it.
    pub(crate) fn sample() -> Value {
        json!({
            "format": 1, "php_version": "8.2.99", "php_version_id": 80299, "minor": "8.2",
            "zend_module_api": 20_220_829, "zend_extension_api": 420_220_829, "zts": true, "debug": false,
            "zend_signals": false, "max_execution_timers": false, "readline": false, "arch": "x86_64",
            "soname": "libphp-zts-x.so", "key": "k", "extension_dir": "ext",
            "libphp": {"file": "libphp.so", "sha256": "0".repeat(64), "size": 1},
            "guest": {"file": "ffi_zts_guest.so", "sha256": "1".repeat(64)},
            "extensions": {"opcache.so": "2".repeat(64)}, "modules": ["Core"], "configure": "", "source": "", "later": [1]
        })
    }

    fn parse(value: &Value) -> Result<Manifest, ManifestError> {
        Manifest::parse(&value.to_string())
    }

    #[test]
    fn reads_a_manifest_and_ignores_what_it_does_not_know() {
        let manifest = parse(&sample()).unwrap();
        assert_eq!(
            (manifest.php_version_id, manifest.soname.as_str()),
            (80_299, "libphp-zts-x.so")
        );
        assert_eq!(manifest.extension_sha256("opcache.so"), Some("2".repeat(64).as_str()));
        assert_eq!(manifest.guest().unwrap().file, "ffi_zts_guest.so");
    }

    #[test]
    fn a_missing_guest_half_is_named_when_it_is_wanted() {
        let mut value = sample();
        value["guest"] = Value::Null;
        assert!(
            parse(&value)
                .unwrap()
                .guest()
                .unwrap_err()
                .to_string()
                .contains("make build")
        );
    }

    #[test]
    fn names_the_field() {
        let refuse = |field: &str, wrong: Value| {
            let mut value = sample();
            *value.pointer_mut(&format!("/{}", field.replace('.', "/"))).unwrap() = wrong;
            let text = parse(&value).unwrap_err().to_string();
            assert!(text.contains("make build"), "{text}");
            text
        };
        for (field, wrong) in [
            ("php_version_id", json!(70_499)),
            ("minor", json!("8.3")),
            ("php_version", json!("8.3.1")),
            ("zts", json!(false)),
            ("zend_module_api", json!(1)),
            ("zend_extension_api", json!(1)),
            ("soname", json!("")),
            ("extension_dir", json!("../ext")),
            ("libphp.file", json!("/etc/passwd")),
            ("libphp.sha256", json!("ABC")),
            ("guest.file", json!("..")),
            ("guest.sha256", json!("x")),
        ] {
            assert!(refuse(field, wrong).contains(field), "{field}");
        }
        assert!(refuse("format", json!(2)).contains("format 2 is not understood"));
    }

    #[test]
    fn refuses_what_is_not_a_manifest() {
        for text in ["", "[]", "{}", "null", "{\"format\":1}", "{\"format\":\"1\"}"] {
            assert!(matches!(Manifest::parse(text), Err(ManifestError::Syntax(_))), "{text}");
        }
        let mut value = sample();
        value.as_object_mut().unwrap().remove("soname");
        assert!(parse(&value).unwrap_err().to_string().contains("soname"));
    }
}
