//! Texts of ini settings, read as PHP reads them.

/// A boolean setting (`zend_ini_parse_bool` in php-src `Zend/zend_ini.c`).
pub(super) fn boolean(text: &str) -> bool {
    let text = text.trim();
    ["true", "yes", "on"].iter().any(|word| text.eq_ignore_ascii_case(word)) || leading_number(text) != 0
}

/// A size such as `128M`, in bytes; `None` for none at all (`-1`) or nonsense.
///
/// A limit that cannot be read is treated as no limit: that is the weakest reading, and weaker is what gets refused.
pub(super) fn limit(text: &str) -> Option<i64> {
    let text = text.trim();
    let shift = match text.bytes().last()?.to_ascii_uppercase() {
        b'K' => 10,
        b'M' => 20,
        b'G' => 30,
        _ => 0,
    };
    Some(leading_number(text).saturating_mul(1 << shift)).filter(|bytes| *bytes > 0)
}

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

/// The names of both lists, each once.
pub(super) fn union(left: &str, right: &str) -> String {
    let mut all: Vec<&str> = Vec::new();
    for name in names(left).chain(names(right)) {
        if !all.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            all.push(name);
        }
    }
    all.join(",")
}

/// The directories of an `open_basedir`.
pub(super) fn directories(text: &str) -> impl Iterator<Item = &str> {
    let plain = |path: &'_ str| path.trim().trim_end_matches('/').len();
    text.split(':')
        .map(str::trim)
        .filter(|path| !path.is_empty())
        .map(move |path| if plain(path) == 0 { "/" } else { &path[..plain(path)] })
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
    fn reads_limits() {
        assert_eq!(
            ["128M", "1g", " 64k", "100"].map(limit),
            [Some(128 << 20), Some(1 << 30), Some(64 << 10), Some(100)]
        );
        assert_eq!(
            ["-1", "0", "", "x", "99999999999999999999"].map(limit),
            [None, None, None, None, Some(i64::MAX)]
        );
    }

    #[test]
    fn joins_lists() {
        assert_eq!(union("exec, system", "EXEC,mail  exec"), "exec,system,mail");
        assert!(has_name("a,Exec", "exec") && !has_name("executor", "exec"));
    }

    #[test]
    fn splits_directories() {
        assert_eq!(
            directories("/srv/www/:/tmp: :/").collect::<Vec<_>>(),
            ["/srv/www", "/tmp", "/"]
        );
    }
}
