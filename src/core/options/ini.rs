//! Settings of the guest as php.ini syntax that yields exactly the given values.
//!
//! php-src `Zend/zend_ini_scanner.l`: between single quotes every byte but the quote stands for itself, newlines and `${`
//! included; between double quotes a single quote stands for itself; adjacent quoted parts are joined. So `it's` is
//! written `'it'"'"'s'`. A NUL byte ends the text for the scanner and cannot be expressed.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::error::OptionError;
use super::{IniEntry, Options};

/// An extension to be loaded by the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionLine {
    /// Absolute path of the file.
    pub path: PathBuf,
    /// With `zend_extension=` rather than `extension=`.
    pub zend: bool,
    /// The guest does without it where it cannot be opened.
    pub optional: bool,
}

impl Options {
    /// php.ini text for the guest: the options' `ini`, then `enforced`, which wins over entries of the same key, then the
    /// extensions in order.
    ///
    /// # Errors
    /// [`OptionError`] names a key or value that php.ini cannot express.
    pub fn ini_text(&self, enforced: &[(String, String)], extensions: &[ExtensionLine]) -> Result<String, OptionError> {
        ini_text(&self.ini, enforced, extensions)
    }
}

/// As [`Options::ini_text`], for any entries.
///
/// # Errors
/// [`OptionError`] names a key or value that php.ini cannot express.
pub fn ini_text(
    entries: &[IniEntry],
    enforced: &[(String, String)],
    extensions: &[ExtensionLine],
) -> Result<String, OptionError> {
    let mut text = String::new();
    let kept = entries
        .iter()
        .filter(|entry| !enforced.iter().any(|(key, _)| *key == entry.key));
    let kept = kept.map(|entry| (&entry.key, &entry.value));
    for (key, value) in kept.chain(enforced.iter().map(|(key, value)| (key, value))) {
        let name = format!("ini[\"{key}\"]");
        check_key(&name, key)?;
        push_line(&mut text, key, check_value(&name, value.as_bytes())?);
    }
    for (at, extension) in extensions.iter().enumerate() {
        let name = format!("extensions[{at}]");
        let path = check_value(&name, extension.path.as_os_str().as_bytes())?;
        push_line(
            &mut text,
            if extension.zend { "zend_extension" } else { "extension" },
            path,
        );
    }
    Ok(text)
}

/// Entries that PHP has read, whatever their keys and bytes, as lines that it reads in the same way.
#[must_use]
pub fn ini_lines(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (key, value) in entries {
        push_bytes(&mut text, key, value);
    }
    text
}

fn push_line(text: &mut String, key: &str, value: &str) {
    let mut line = Vec::new();
    push_bytes(&mut line, key.as_bytes(), value.as_bytes());
    // Quotes are put between characters.
    text.push_str(&String::from_utf8_lossy(&line));
}

fn push_bytes(text: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    text.extend([key, b"="].concat());
    if value.is_empty() {
        text.extend(b"\"\"");
    }
    for part in value.split_inclusive(|byte| *byte == b'\'') {
        let plain = part.strip_suffix(b"'").unwrap_or(part);
        if !plain.is_empty() {
            text.extend([b"'", plain, b"'"].concat());
        }
        if plain.len() < part.len() {
            text.extend(b"\"'\"");
        }
    }
    text.push(b'\n');
}

/// Is it a key that the scanner takes as one label, and that is not an option of its own?
pub(super) fn check_key(name: &str, key: &str) -> Result<(), OptionError> {
    const WORDS: [&str; 8] = ["true", "on", "yes", "false", "off", "no", "none", "null"];
    let lower = key.to_ascii_lowercase();
    if lower == "extension" || lower == "zend_extension" {
        return Err(OptionError::invalid(
            name,
            "extensions are given with the option `extensions`",
        ));
    }
    let label = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let starts = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && key.len() <= 255 && key.bytes().all(label) && !WORDS.contains(&lower.as_str()) {
        return Ok(());
    }
    Err(OptionError::invalid(name, "not the name of an ini setting"))
}

/// Is it a value that the text can hold?
pub(super) fn check_value<'v>(name: &str, value: &'v [u8]) -> Result<&'v str, OptionError> {
    if value.contains(&0) {
        return Err(OptionError::invalid(name, "a setting cannot contain NUL bytes"));
    }
    std::str::from_utf8(value).map_err(|_| OptionError::invalid(name, "a setting must be UTF-8"))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::super::Source;
    use super::*;

    fn entries(all: &[(&str, &str)]) -> Vec<IniEntry> {
        let entry = |(key, value): &(&str, &str)| IniEntry {
            key: (*key).into(),
            value: (*value).into(),
            source: Source::Runtime,
        };
        all.iter().map(entry).collect()
    }

    #[test]
    fn quotes_what_the_scanner_would_interpret() {
        let text = ini_text(
            &entries(&[("a", ""), ("b", "${HOME}\\"), ("c", "it's"), ("d", "''")]),
            &[],
            &[],
        )
        .unwrap();
        assert_eq!(text, "a=\"\"\nb='${HOME}\\'\nc='it'\"'\"'s'\nd=\"'\"\"'\"\n");
    }

    #[test]
    fn enforced_entries_win_and_extensions_come_last() {
        let lines = [
            ExtensionLine {
                path: "/x/opcache.so".into(),
                zend: true,
                optional: false,
            },
            ExtensionLine {
                path: "/x/a.so".into(),
                zend: false,
                optional: false,
            },
        ];
        let enforced = [("open_basedir".into(), "/srv".into())];
        let text = ini_text(&entries(&[("open_basedir", "/"), ("a.b", "1")]), &enforced, &lines).unwrap();
        assert_eq!(
            text,
            "a.b='1'\nopen_basedir='/srv'\nzend_extension='/x/opcache.so'\nextension='/x/a.so'\n"
        );
    }

    #[test]
    fn refuses_what_cannot_be_expressed() {
        let refuse = |key: &str, value: &str| ini_text(&entries(&[(key, value)]), &[], &[]).unwrap_err().to_string();
        for key in ["", "a b", "a=b", "[x]", "on", "NULL", "1a", "a\nb", ";"] {
            assert!(refuse(key, "1").contains("not the name of an ini setting"), "{key}");
        }
        assert!(refuse("extension", "x").contains("option `extensions`"));
        assert!(refuse("a", "x\0y").contains("NUL"));
    }

    /// The scanner itself is asked, where a PHP is installed.
    #[test]
    fn php_reads_back_the_same_bytes() {
        let values = [
            "",
            " ",
            "a b",
            "it's",
            "'",
            "''''",
            "\"",
            "\\",
            "\\\\",
            "a\\\"b",
            "${HOME}",
            "$",
            "line\nline",
            "\r\n",
            ";x",
            "#",
            "on",
            "null",
            "a=b",
            "[x]",
            "E_ALL & ~E_NOTICE",
            "PHP_VERSION",
            "1|2",
            "!(x)^",
            "é\u{1F600}",
            " lead",
            "trail ",
            "C:\\path\\",
            "a'\"b\\'$'{x}'",
        ];
        let all: Vec<(String, &str)> = values
            .iter()
            .enumerate()
            .map(|(at, value)| (format!("k{at}"), *value))
            .collect();
        let pairs: Vec<(&str, &str)> = all.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let text = ini_text(&entries(&pairs), &[], &[]).unwrap();
        let code = "foreach (parse_ini_string(stream_get_contents(STDIN), false, INI_SCANNER_NORMAL) as $v) echo bin2hex($v), \"\\n\";";
        let php = Command::new("php")
            .args(["-n", "-r", code])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut php) = php else { return };
        std::io::Write::write_all(&mut php.stdin.take().unwrap(), text.as_bytes()).unwrap();
        let output = String::from_utf8(php.wait_with_output().unwrap().stdout).unwrap();
        let hex = |value: &&str| value.bytes().map(|b| format!("{b:02x}")).collect::<Vec<_>>().concat();
        assert_eq!(
            output.split_terminator('\n').collect::<Vec<_>>(),
            values.iter().map(hex).collect::<Vec<_>>()
        );
    }
}
