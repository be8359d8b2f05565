//! Texts of ini settings, read as PHP reads them.

/// A boolean setting (`zend_ini_parse_bool` in php-src `Zend/zend_ini.c`).
pub(super) fn boolean(text: &str) -> bool {
    let text = text.trim();
    ["true", "yes", "on"].iter().any(|word| text.eq_ignore_ascii_case(word)) || leading_number(text) != 0
}

/// A size such as `128M` or `0x8000000`, in bytes; `u64::MAX` for no limit (`-1`). `None` for what PHP reads with a warning, in
/// one way or another: as its first digits, as 0, or modulo 2^64 (`zend_ini_parse_quantity` in php-src `Zend/zend_ini.c`).
pub(super) fn quantity(text: &str) -> Option<u64> {
    let text = text.trim_matches(BLANKS);
    if text.is_empty() {
        return Some(0);
    }
    if text == "-1" {
        return Some(u64::MAX);
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    let (text, shift) = match text.as_bytes().last()?.to_ascii_uppercase() {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let text = text.trim_end_matches(BLANKS);
    let (digits, base) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', b'o' | b'O', ..] => (&text[2..], 8),
        [b'0', b'b' | b'B', ..] => (&text[2..], 2),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    // Rust would take a sign here, which PHP does not.
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(digits, base).ok()?.checked_mul(1 << shift)
}

/// What a setting `ffi_zts.max_*` says; nothing: `default`. What cannot be read allows nothing.
#[must_use]
pub fn ceiling(text: &str, default: u64) -> u64 {
    if text.trim().is_empty() {
        return default;
    }
    quantity(text).unwrap_or(0)
}

/// What PHP takes for blanks around a quantity.
const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

/// What `strtol` would take.
fn leading_number(text: &str) -> i64 {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits[..end]
        .parse::<i64>()
        .unwrap_or(if end == 0 { 0 } else { i64::MAX });
    if text.starts_with('-') { -number } else { number }
}

/// The names of `disable_functions` or `disable_classes`, which blanks and commas separate.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '\t', '\n', '\r']).filter(|name| !name.is_empty())
}

/// Does the list, a value of the setting `key`, hold the name?
pub(super) fn has_name(key: &str, list: &str, name: &str) -> bool {
    names(list).any(|known| same_name(key, known, name))
}

/// The names of both lists, values of the setting `key`, each once.
#[must_use]
pub fn join_names(key: &str, left: &str, right: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for name in names(left).chain(names(right)) {
        if !all.iter().any(|known| same_name(key, known, name)) {
            all.push(name);
        }
    }
    all.join(",")
}

/// PHP finds a class by its name in any case, and a function only in lower case: `EXEC` disables nothing (php-src
/// `Zend/zend_API.c`, `zend_disable_functions`, `zend_disable_class`), and so stands for no `exec`.
fn same_name(key: &str, left: &str, right: &str) -> bool {
    if key == "disable_classes" {
        left.eq_ignore_ascii_case(right)
    } else {
        left == right
    }
}

/// The directories of an `open_basedir`. Blanks are part of a name. There may be none: with separators only PHP opens nothing.
pub(super) fn directories(text: &str) -> impl Iterator<Item = &str> {
    let paths = text.split(':').filter(|path| !path.is_empty());
    paths.map(|path| match path.trim_end_matches('/') {
        "" => "/",
        plain => plain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_booleans_as_php_does() {
        assert!(["1", "On", "TRUE", " yes ", "2", "-1", "1x"].into_iter().all(boolean));
        assert!(!["", "0", "off", "no", "none", "x"].into_iter().any(boolean));
    }

    #[test]
    fn reads_quantities_as_php_does() {
        for (text, bytes) in [
            ("128M", 128 << 20),
            ("1g", 1 << 30),
            (" 64k\n", 64 << 10),
            ("+100", 100),
            ("128 M", 128 << 20),
            ("0x8000000", 128 << 20),
            ("0X20000K", 128 << 20),
            ("0o1000000000", 128 << 20),
            ("01000000000", 128 << 20),
            ("0b1000M", 8 << 20),
            ("0200M", 128 << 20),
            ("0", 0),
            ("0M", 0),
            ("00", 0),
            ("", 0),
            (" ", 0),
            ("-1", u64::MAX),
            (" -1 ", u64::MAX),
        ] {
            assert_eq!(quantity(text), Some(bytes), "{text:?}");
        }
        for text in [
            "x",
            "M",
            "-",
            "+",
            "-2",
            "-1M",
            "128MB",
            "1.5G",
            "128M 1",
            "0x",
            "0xM",
            "0x-1",
            "0x+1",
            "+-1",
            "++1",
            "08",
            "0b2",
            "0z1",
            "12ab",
            "1e9",
            "99999999999999999999",
            "17179869184G",
            "128\u{a0}M",
        ] {
            assert_eq!(quantity(text), None, "{text:?}");
        }
    }

    #[test]
    fn joins_lists() {
        let (functions, classes) = ("disable_functions", "disable_classes");
        assert_eq!(join_names(functions, "exec, system", "mail  exec"), "exec,system,mail");
        assert_eq!(join_names(functions, "EXEC", "exec"), "EXEC,exec");
        assert_eq!(join_names(classes, "PDO SplQueue", "pdo,Phar"), "PDO,SplQueue,Phar");
        assert!(has_name(functions, "a,exec", "exec") && !has_name(functions, "executor,EXEC", "exec"));
        assert!(has_name(classes, "Pdo", "PDO"));
    }

    #[test]
    fn splits_directories() {
        assert_eq!(
            directories("/srv/www/:/tmp: :://").collect::<Vec<_>>(),
            ["/srv/www", "/tmp", " ", "/"]
        );
    }
}
