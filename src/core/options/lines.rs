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

    #[test]
    fn values_come_without_quotes_and_comments() {
        let text = "[PHP]\nextension=apcu ; cache\n;extension=no\nzend_extension = \"/x/op;cache.so\"\nextension_dir='/d'\nmemory_limit=1\n";
        let found = extension_lines(text);
        assert_eq!(found.named, [(1, "apcu".to_owned()), (3, "/x/op;cache.so".to_owned())]);
        assert_eq!(found.directory.as_deref(), Some("/d"));
    }
}
