//! Copies with one thing changed, for the `with…()` methods of a VM that has not booted.

use super::error::OptionError;
use super::read::Given;
use super::value::OptionValue;
use super::{Options, Source};

impl Options {
    /// With a setting of the guest.
    ///
    /// # Errors
    /// [`OptionError`] when the key or the value cannot be used.
    pub fn with_ini_entry(&self, key: &str, value: &OptionValue) -> Result<Self, OptionError> {
        let mut copy = self.clone();
        let given = Given {
            name: format!("ini[\"{key}\"]"),
            value,
        };
        copy.set_ini(given.entry(key.into(), Source::Runtime)?);
        copy.set_source("ini", Source::Runtime);
        Ok(copy)
    }

    /// With a php.ini for the guest.
    ///
    /// # Errors
    /// [`OptionError`] when the path is empty or holds a NUL byte.
    pub fn with_ini_file(&self, path: &[u8]) -> Result<Self, OptionError> {
        self.with("ini_file", path)
    }

    /// With one more extension, a name or a path.
    ///
    /// # Errors
    /// [`OptionError`] when it is neither.
    pub fn with_extension(&self, extension: &[u8]) -> Result<Self, OptionError> {
        let mut copy = self.clone();
        let value = OptionValue::Text(extension.to_vec());
        let given = Given {
            name: format!("extensions[{}]", self.extensions.len()),
            value: &value,
        };
        copy.extensions.push(given.extension()?);
        copy.set_source("extensions", Source::Runtime);
        Ok(copy)
    }

    /// With a directory for extensions given by name.
    ///
    /// # Errors
    /// [`OptionError`] when the path is empty or holds a NUL byte.
    pub fn with_extension_dir(&self, path: &[u8]) -> Result<Self, OptionError> {
        self.with("extension_dir", path)
    }

    /// With more files to run before each job, behind those there are.
    ///
    /// # Errors
    /// [`OptionError`] when a path is empty or holds a NUL byte.
    pub fn with_prepend<P: AsRef<[u8]>>(&self, files: &[P]) -> Result<Self, OptionError> {
        let mut copy = self.clone();
        for file in files {
            let value = OptionValue::Text(file.as_ref().to_vec());
            let given = Given {
                name: format!("prepend[{}]", copy.prepend.len()),
                value: &value,
            };
            copy.prepend.push(given.path()?);
        }
        copy.set_source("prepend", Source::Runtime);
        Ok(copy)
    }

    /// With a file to run once per worker.
    ///
    /// # Errors
    /// [`OptionError`] when the path is empty or holds a NUL byte.
    pub fn with_bootstrap(&self, path: &[u8]) -> Result<Self, OptionError> {
        self.with("bootstrap", path)
    }

    fn with(&self, name: &str, text: &[u8]) -> Result<Self, OptionError> {
        let mut copy = self.clone();
        copy.set(
            name,
            &Given {
                name: name.into(),
                value: &OptionValue::Text(text.to_vec()),
            },
            Source::Runtime,
        )?;
        Ok(copy)
    }
}
