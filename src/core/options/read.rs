//! From a given value to a checked one.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::time::Duration;

use super::error::OptionError;
use super::ini::{check_key, check_value};
use super::setting::{self, Kind};
use super::value::OptionValue;
use super::{BARE, HOST, IniEntry, NAMES, Options, Output, Source, THREADS_MOST};

const STACK_SIZES: std::ops::RangeInclusive<u64> = (256 << 10)..=(1 << 30);

impl Options {
    /// Reads the options given to `boot()`, and for those not given (or null) their settings.
    ///
    /// `ini_lookup` receives the name of an option and answers with the setting `ffi_zts.<name>`; an absent or empty one is
    /// not set.
    /// The entries of `ini` are joined with those of `ffi_zts.ini`, key by key, files of `prepend` come behind those of the setting;
    /// every other option replaces its setting.
    ///
    /// # Errors
    /// [`OptionError`] names the first option or setting that is unknown, ill-typed or out of range.
    pub fn parse<N: AsRef<str>>(
        given: &[(N, OptionValue)],
        ini_lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, OptionError> {
        let mut options = Self::default();
        if let Some((name, _)) = given.iter().find(|(name, _)| !NAMES.contains(&name.as_ref())) {
            return Err(OptionError::unknown(name.as_ref()));
        }
        for name in NAMES {
            let value = given
                .iter()
                .rev()
                .find(|(known, _)| known.as_ref() == name)
                .map(|(_, value)| value);
            let value = value.filter(|value| **value != OptionValue::Null);
            if value.is_none() || matches!(name, "ini" | "prepend") {
                let setting = format!("ffi_zts.{name}");
                // No extensions at all is a choice; of all others an empty text is none.
                if let Some(text) = ini_lookup(name).filter(|text| !text.is_empty() || name == "extensions") {
                    options.set(
                        name,
                        &Given {
                            name: setting,
                            value: &setting::value(kind(name), &text),
                        },
                        Source::PhpIni,
                    )?;
                }
            }
            if let Some(value) = value {
                options.set(
                    name,
                    &Given {
                        name: name.into(),
                        value,
                    },
                    Source::Runtime,
                )?;
            }
        }
        Ok(options)
    }

    pub(super) fn set(&mut self, name: &str, given: &Given<'_>, source: Source) -> Result<(), OptionError> {
        match name {
            "library" => self.library = Some(given.path()?),
            "libdir" => self.libdir = Some(given.path()?),
            "scope" => self.scope = Some(given.name_of_scope()?),
            "runtime" => self.runtime = Some(given.path()?),
            "threads" => self.threads = given.count(1)?,
            "spare_workers" => self.spare_workers = given.count(0)?,
            "max_nesting" => self.max_nesting = given.levels()?,
            "stack_size" => self.stack_size = given.stack_size()?,
            "ini" => given.entries(source)?.into_iter().for_each(|entry| self.set_ini(entry)),
            "ini_file" => self.ini_file = Some(given.path()?),
            "extensions" => self.extensions = given.extensions()?,
            "extension_dir" => self.extension_dir = Some(given.path()?),
            "prepend" => self.prepend.extend(given.items(Given::path)?),
            "bootstrap" => self.bootstrap = Some(given.path()?),
            "autoload" => self.autoload = given.flag()?,
            "sapi_name" => self.sapi_name = given.sapi_name()?,
            "shutdown_timeout" => self.shutdown_timeout = given.seconds()?,
            "stop_timeout" => self.stop_timeout = given.seconds()?,
            "output" => self.output = given.output()?,
            _ => return Err(OptionError::unknown(name)),
        }
        self.set_source(name, source);
        Ok(())
    }
}

fn kind(name: &str) -> Kind {
    match name {
        "threads" | "spare_workers" | "max_nesting" => Kind::Int,
        "shutdown_timeout" | "stop_timeout" => Kind::Number,
        "autoload" => Kind::Flag,
        "extensions" | "prepend" => Kind::List,
        "ini" => Kind::Map,
        _ => Kind::Text,
    }
}

/// A value and what the user calls it.
pub(super) struct Given<'v> {
    pub(super) name: String,
    pub(super) value: &'v OptionValue,
}

impl<'v> Given<'v> {
    fn wrong_type(&self, expected: &'static str) -> OptionError {
        OptionError::Type {
            name: self.name.clone(),
            expected,
            given: self.value.type_name(),
        }
    }

    fn out_of_range(&self, allowed: &'static str, given: impl Into<String>) -> OptionError {
        OptionError::Range {
            name: self.name.clone(),
            allowed,
            given: given.into(),
        }
    }

    fn invalid(&self, reason: impl Into<String>) -> OptionError {
        OptionError::invalid(self.name.clone(), reason)
    }

    /// A string that is not empty and holds no NUL byte.
    fn bytes(&self) -> Result<&[u8], OptionError> {
        match self.value {
            OptionValue::Text(text) if text.is_empty() => Err(self.invalid("must not be empty")),
            OptionValue::Text(text) if text.contains(&0) => Err(self.invalid("must not contain NUL bytes")),
            OptionValue::Text(text) => Ok(text),
            _ => Err(self.wrong_type("string")),
        }
    }

    fn text(&self) -> Result<&str, OptionError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| self.invalid("must be UTF-8"))
    }

    pub(super) fn path(&self) -> Result<PathBuf, OptionError> {
        self.bytes().map(|bytes| OsString::from_vec(bytes.to_vec()).into())
    }

    fn name_of_scope(&self) -> Result<String, OptionError> {
        let name = self.text()?;
        if name.len() > 255 {
            return Err(self.out_of_range("at most 255 bytes long", format!("{} bytes", name.len())));
        }
        Ok(name.into())
    }

    /// A number of threads, `least` (0 or 1) to [`THREADS_MOST`].
    fn count(&self, least: usize) -> Result<usize, OptionError> {
        let OptionValue::Int(number) = *self.value else {
            return Err(self.wrong_type("int"));
        };
        usize::try_from(number)
            .ok()
            .filter(|n| (least..=THREADS_MOST).contains(n))
            .ok_or_else(|| self.out_of_range(if least == 0 { "0 to 1024" } else { "1 to 1024" }, number.to_string()))
    }

    fn levels(&self) -> Result<u32, OptionError> {
        let OptionValue::Int(number) = *self.value else {
            return Err(self.wrong_type("int"));
        };
        u32::try_from(number)
            .ok()
            .filter(|n| (128..=65_535).contains(n))
            .ok_or_else(|| self.out_of_range("128 to 65535", number.to_string()))
    }

    fn flag(&self) -> Result<bool, OptionError> {
        match *self.value {
            OptionValue::Bool(flag) => Ok(flag),
            _ => Err(self.wrong_type("bool")),
        }
    }

    /// Bytes, or `16M` as php.ini writes it.
    fn stack_size(&self) -> Result<usize, OptionError> {
        const ALLOWED: &str = "256K to 1G (bytes, or with a suffix K, M, G)";
        let (bytes, shown) = match self.value {
            OptionValue::Int(number) => (u64::try_from(*number).ok(), number.to_string()),
            OptionValue::Text(_) => {
                let text = self.text()?;
                (parse_size(text), format!("\"{text}\""))
            }
            _ => return Err(self.wrong_type("int or string")),
        };
        let bytes = bytes.filter(|bytes| STACK_SIZES.contains(bytes));
        bytes
            .and_then(|bytes| usize::try_from(bytes).ok())
            .ok_or_else(|| self.out_of_range(ALLOWED, shown))
    }

    #[allow(clippy::cast_precision_loss)] // Anything near 2^53 is out of range.
    fn seconds(&self) -> Result<Duration, OptionError> {
        let seconds = match *self.value {
            OptionValue::Int(number) => number as f64,
            OptionValue::Float(number) => number,
            _ => return Err(self.wrong_type("float")),
        };
        if (0.0..=3600.0).contains(&seconds) {
            return Ok(Duration::from_secs_f64(seconds));
        }
        Err(self.out_of_range("0 to 3600 (seconds)", seconds.to_string()))
    }

    fn sapi_name(&self) -> Result<String, OptionError> {
        let name = self.text()?;
        let first = name.starts_with(|c: char| c.is_ascii_lowercase());
        let rest = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if first && rest && name.len() <= 32 {
            return Ok(name.into());
        }
        Err(self.invalid(format!(
            "{name:?} is not a SAPI name: a lower-case letter, then up to 31 of a-z, 0-9, - and _"
        )))
    }

    fn output(&self) -> Result<Output, OptionError> {
        match self.bytes()? {
            b"host" => Ok(Output::Host),
            b"stdout" => Ok(Output::Stdout),
            _ => Err(self.out_of_range(
                "\"host\" or \"stdout\"",
                format!("{:?}", String::from_utf8_lossy(self.bytes()?)),
            )),
        }
    }

    /// What is named comes behind the extensions of the host, unless the list says where these come, or that there are none of them. An
    /// empty list is a bare guest.
    fn extensions(&self) -> Result<Vec<String>, OptionError> {
        let mut named = self.items(Given::extension)?;
        let (bare, host) = (
            named.iter().any(|name| name == BARE),
            named.iter().any(|name| name == HOST),
        );
        if bare && host {
            return Err(self.invalid("\"bare\" and \"host\" contradict each other"));
        }
        if bare {
            named.retain(|name| name != BARE);
        } else if !host && !named.is_empty() {
            named.insert(0, HOST.into());
        }
        Ok(named)
    }

    /// A name (found in the extension directory) or a path (has a slash).
    pub(super) fn extension(&self) -> Result<String, OptionError> {
        let text = self.text()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+');
        if text.contains('/') || (text.bytes().all(plain) && !text.starts_with('.')) {
            return Ok(text.into());
        }
        Err(self.invalid(format!("{text:?} is neither the name of an extension nor a path")))
    }

    fn items<T>(&self, read: impl Fn(&Given<'v>) -> Result<T, OptionError>) -> Result<Vec<T>, OptionError> {
        let items = match self.value {
            OptionValue::List(items) => items,
            OptionValue::Map(entries) if entries.is_empty() => return Ok(Vec::new()),
            OptionValue::Map(_) => {
                return Err(self.invalid("must be a list (keys 0, 1, 2…), an array with other keys given"));
            }
            _ => return Err(self.wrong_type("array of strings")),
        };
        let named = |(at, value)| {
            read(&Given {
                name: format!("{}[{at}]", self.name),
                value,
            })
        };
        items.iter().enumerate().map(named).collect()
    }

    fn entries(&self, source: Source) -> Result<Vec<IniEntry>, OptionError> {
        let entries = match self.value {
            OptionValue::Map(entries) => entries,
            OptionValue::List(items) if items.is_empty() => return Ok(Vec::new()),
            OptionValue::List(_) => return Err(self.invalid("must be an array of setting => value, a list given")),
            OptionValue::Text(_) if source == Source::PhpIni => {
                return Err(self.invalid("must be \"key=value; key=value\""));
            }
            _ => return Err(self.wrong_type("array")),
        };
        let named = |(key, value): &(Vec<u8>, OptionValue)| {
            let key = String::from_utf8_lossy(key).into_owned();
            Given {
                name: format!("{}[\"{key}\"]", self.name),
                value,
            }
            .entry(key, source)
        };
        entries.iter().map(named).collect()
    }

    pub(super) fn entry(&self, key: String, source: Source) -> Result<IniEntry, OptionError> {
        check_key(&self.name, &key)?;
        let value = match self.value {
            OptionValue::Null => String::new(),
            OptionValue::Bool(value) => if *value { "1" } else { "0" }.into(),
            OptionValue::Int(value) => value.to_string(),
            OptionValue::Float(value) if value.is_finite() => value.to_string(),
            OptionValue::Float(value) => return Err(self.out_of_range("finite", value.to_string())),
            OptionValue::Text(value) => check_value(&self.name, value)?.into(),
            _ => return Err(self.wrong_type("string, int, float, bool or null")),
        };
        Ok(IniEntry { key, value, source })
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let text = text.trim();
    let (digits, shift) = match text.bytes().last()?.to_ascii_uppercase() {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}
