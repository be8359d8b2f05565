//! The settings `ffi_zts.<name>` of php.ini: text that is turned into what the option's array would have held.
//!
//! Lists are comma-separated. `ffi_zts.ini` holds `key=value` entries separated by semicolons or newlines; a value may
//! stand in single or double quotes, inside of which a semicolon is one:
//! `ffi_zts.ini = "opcache.enable=1; date.timezone='Europe/Paris'"`.

use super::value::OptionValue;

/// How the text of a setting is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it stands.
    Text,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// On or off, in the words of php.ini.
    Flag,
    /// Comma-separated.
    List,
    /// `key=value; …`.
    Map,
}

/// What the text of a setting stands for. Text that is not of its kind stays text, and is refused as such.
pub(super) fn value(kind: Kind, text: &str) -> OptionValue {
    let trimmed = text.trim();
    match kind {
        Kind::Text => text.into(),
        Kind::Int => trimmed.parse().map_or_else(|_| text.into(), OptionValue::Int),
        Kind::Number => trimmed.parse().map_or_else(|_| text.into(), OptionValue::Float),
        Kind::Flag => match trimmed.to_ascii_lowercase().as_str() {
            "1" | "on" | "yes" | "true" => OptionValue::Bool(true),
            "0" | "off" | "no" | "false" => OptionValue::Bool(false),
            _ => text.into(),
        },
        Kind::List => {
            let items = trimmed.split(',').map(str::trim).filter(|item| !item.is_empty());
            OptionValue::List(items.map(OptionValue::from).collect())
        }
        Kind::Map => entries(text).map_or_else(|| text.into(), OptionValue::Map),
    }
}

fn entries(text: &str) -> Option<Vec<(Vec<u8>, OptionValue)>> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ';' || c.is_whitespace());
        if rest.is_empty() {
            return Some(found);
        }
        let (key, after) = rest.split_once('=')?;
        let (value, after) = split_value(after.trim_start_matches([' ', '\t']))?;
        found.push((key.trim().as_bytes().to_vec(), value.into()));
        rest = after;
    }
}

/// Splits a value off; behind a quoted one only the separator may follow.
fn split_value(text: &str) -> Option<(&str, &str)> {
    for quote in ['\'', '"'] {
        if let Some(inside) = text.strip_prefix(quote) {
            let (value, after) = inside.split_once(quote)?;
            let after = after.trim_start_matches([' ', '\t', '\r']);
            return (after.is_empty() || after.starts_with([';', '\n'])).then_some((value, after));
        }
    }
    let end = text.find([';', '\n']).unwrap_or(text.len());
    Some((text[..end].trim_end(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind() {
        assert_eq!(value(Kind::Int, " 4 "), OptionValue::Int(4));
        assert_eq!(value(Kind::Int, "four"), "four".into());
        assert_eq!(value(Kind::Number, "2.5"), OptionValue::Float(2.5));
        assert_eq!(value(Kind::Flag, "On"), OptionValue::Bool(true));
        assert_eq!(value(Kind::Flag, " 0"), OptionValue::Bool(false));
        assert_eq!(value(Kind::Flag, "maybe"), "maybe".into());
        assert_eq!(
            value(Kind::List, "opcache, /a/b.so,,"),
            OptionValue::List(vec!["opcache".into(), "/a/b.so".into()])
        );
    }

    #[test]
    fn reads_entries() {
        let read = |text: &str| {
            entries(text).map(|all| {
                all.into_iter()
                    .map(|(k, v)| (String::from_utf8(k).unwrap(), v))
                    .collect::<Vec<_>>()
            })
        };
        let pair = |k: &str, v: &str| (k.to_owned(), OptionValue::from(v));
        assert_eq!(
            read("a=1; b = two words ;c="),
            Some(vec![pair("a", "1"), pair("b", "two words"), pair("c", "")])
        );
        assert_eq!(read("a='x;y'\nb=\"'\";"), Some(vec![pair("a", "x;y"), pair("b", "'")]));
        assert_eq!(read(" ;; "), Some(vec![]));
        assert_eq!((read("a"), read("a='x"), read("a='x'y")), (None, None, None));
    }
}
