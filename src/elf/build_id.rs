//! The build ids that PHP's headers compile into every engine and extension (`API20220829,TS`, `API420220829,NTS,debug`):
//! `ZEND_MODULE_BUILD_ID` in php-src `Zend/zend_modules.h`, `ZEND_EXTENSION_BUILD_ID` in `Zend/zend_extensions.h`.
//! PHP itself compares these strings when it loads an extension, after its initialisers ran; we read them before.

use std::fmt;
use std::io::BufRead;

/// One build id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BuildId {
    /// `ZEND_MODULE_API_NO` (eight digits), or `ZEND_EXTENSION_API_NO` (nine).
    pub api: u32,
    /// Thread-safe.
    pub zts: bool,
    /// A debug build.
    pub debug: bool,
}

impl BuildId {
    /// Is it the id of a Zend extension (nine digits) rather than of a module?
    #[must_use]
    pub fn is_zend_extension(&self) -> bool {
        self.api >= 100_000_000
    }

    /// Reads the text at the start of `bytes`.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"API")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(8..=9).contains(&digits) {
            return None;
        }
        let (number, rest) = rest.split_at(digits);
        let api = std::str::from_utf8(number).ok()?.parse().ok()?;
        let (zts, rest) = match (rest.strip_prefix(b",TS"), rest.strip_prefix(b",NTS")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return None,
        };
        Some(Self {
            api,
            zts,
            debug: rest.starts_with(b",debug"),
        })
    }

    /// All different build ids in `bytes`, sorted.
    pub(super) fn find_all<'d>(parts: impl Iterator<Item = &'d [u8]>) -> Vec<Self> {
        let mut found: Vec<Self> = parts
            .flat_map(|part| positions(part, b"API").filter_map(|at| Self::parse(&part[at..])))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let safety = if self.zts { "TS" } else { "NTS" };
        write!(f, "API{},{safety}{}", self.api, if self.debug { ",debug" } else { "" })
    }
}

/// Where `needle` stands in `haystack`. A libphp has some 10 MB of constants, so the first byte is looked for with the
/// C library's `memchr`, which std has behind [`BufRead::skip_until`].
pub(super) fn positions<'d>(haystack: &'d [u8], needle: &'d [u8]) -> impl Iterator<Item = usize> + 'd {
    let mut rest = haystack;
    std::iter::from_fn(move || {
        let (&first, _) = needle.split_first()?;
        loop {
            rest.skip_until(first).ok().filter(|skipped| *skipped > 0)?;
            let at = (haystack.len() - rest.len()).checked_sub(1)?;
            if haystack[at..].starts_with(needle) {
                return Some(at);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(bytes: &[u8]) -> Vec<String> {
        BuildId::find_all(std::iter::once(bytes))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn finds_module_and_zend_extension_ids() {
        assert_eq!(
            find(b"xxAPI20220829,TS\0yyAPI420220829,TS\0API20220829,TS\0"),
            ["API20220829,TS", "API420220829,TS"]
        );
        assert_eq!(find(b"API20240924,NTS,debug"), ["API20240924,NTS,debug"]);
    }

    #[test]
    fn is_not_misled() {
        for text in [
            "",
            "A",
            "API",
            "API2022",
            "API20220829",
            "API20220829,",
            "API20220829,XTS",
            "API1234567890,TS",
        ] {
            assert!(find(text.as_bytes()).is_empty(), "{text}");
        }
    }

    #[test]
    fn finds_every_position() {
        let all = |haystack: &[u8], needle: &[u8]| positions(haystack, needle).collect::<Vec<_>>();
        assert_eq!(all(b"aXaaXa", b"a"), [0, 2, 3, 5]);
        assert_eq!(all(b"aXaaXaX", b"aX"), [0, 3, 5]);
        assert_eq!(all(b"aXa", b"aXaX"), [0; 0]);
        assert_eq!((all(b"", b"a"), all(b"a", b"")), (vec![], vec![]));
    }

    #[test]
    fn tells_the_kinds_apart() {
        assert!(
            BuildId {
                api: 420_220_829,
                zts: true,
                debug: false
            }
            .is_zend_extension()
        );
        assert!(
            !BuildId {
                api: 20_220_829,
                zts: true,
                debug: false
            }
            .is_zend_extension()
        );
    }
}
