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

/// Does the list hold the name? Names of functions and classes are case-insensitive.
pub(super) fn has_name(list: &str, name: &str) -> bool {
    names(list).any(|known| known.eq_ignore_ascii_case(name))
}

/// The names of both lists of functions or classes, each once.
#[must_use]
pub fn join_names(left: &str, right: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for name in names(left).chain(names(right)) {
        if !all.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            all.push(name);
        }
    }
    all.join(",")
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
        assert_eq!(join_names("exec, system", "EXEC,mail  exec"), "exec,system,mail");
        assert!(has_name("a,Exec", "exec") && !has_name("executor", "exec"));
    }

    #[test]
    fn splits_directories() {
        assert_eq!(
            directories("/srv/www/:/tmp: :://").collect::<Vec<_>>(),
            ["/srv/www", "/tmp", " ", "/"]
        );
    }
}
