//! php.ini lines that name extensions, found in a text that the guest would otherwise read by itself.

/// What a text says about extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionLines {
    /// Values of `extension` and `zend_extension`, in order, each with the number of its line.
    pub named: Vec<(usize, String)>,
    /// The last `extension_dir`.
    pub directory: Option<String>,
}

/// Reads the lines `extension`, `zend_extension` and `extension_dir` of a php.ini text. Sections and other lines are passed
/// over; the value is taken as php.ini has it, without its quotes or a closing comment.
#[must_use]
pub fn extension_lines(text: &str) -> ExtensionLines {
    let mut found = ExtensionLines::default();
    for (number, line) in text.lines().enumerate() {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let value = unquoted(value);
        if value.is_empty() {
            continue;
        }
        match key.trim() {
            "extension" | "zend_extension" => found.named.push((number, value.to_owned())),
            "extension_dir" => found.directory = Some(value.to_owned()),
            _ => {}
        }
    }
    found
}

/// `text` without the lines of these numbers; the others keep theirs.
#[must_use]
pub fn without_lines(text: &[u8], numbers: &[usize]) -> Vec<u8> {
    let mut rest = Vec::with_capacity(text.len());
    for (number, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        rest.extend_from_slice(if numbers.contains(&number) { b"\n" } else { line });
    }
    rest
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inner;
        }
    }
    value.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[PHP]\nextension=apcu ; cache\n;extension=no\nzend_extension = \"/x/op;cache.so\"\nextension_dir='/d'\nmemory_limit=1\n";

    #[test]
    fn values_come_without_quotes_and_comments() {
        let found = extension_lines(TEXT);
        assert_eq!(found.named, [(1, "apcu".to_owned()), (3, "/x/op;cache.so".to_owned())]);
        assert_eq!(found.directory.as_deref(), Some("/d"));
    }

    #[test]
    fn taken_lines_leave_their_place_empty() {
        let rest = String::from_utf8(without_lines(TEXT.as_bytes(), &[1, 3])).unwrap();
        assert!(extension_lines(&rest).named.is_empty());
        assert_eq!(rest.lines().count(), TEXT.lines().count());
        assert!(rest.contains("memory_limit=1"));
    }
}
