//! Why an option is refused.

use super::NAMES;

/// An option, or an ini setting that stands for one, that cannot be used. `name` is as the user writes it: `threads`,
/// `ini["memory_limit"]`, `extensions[1]`, or `ffi_zts.threads` for the setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionError {
    /// There is no such option.
    #[error("unknown option `{name}`{}", suggest(*.suggestion))]
    Unknown {
        /// What was given.
        name: String,
        /// What may have been meant.
        suggestion: Option<&'static str>,
    },
    /// The value has another type.
    #[error("option `{name}` must be {expected}, {given} given")]
    Type {
        /// The option.
        name: String,
        /// Type that it takes.
        expected: &'static str,
        /// Type that was given.
        given: &'static str,
    },
    /// The value is out of range.
    #[error("option `{name}` must be {allowed}, {given} given")]
    Range {
        /// The option.
        name: String,
        /// What is allowed, with the unit.
        allowed: &'static str,
        /// What was given.
        given: String,
    },
    /// The value is unusable for another reason.
    #[error("option `{name}`: {reason}")]
    Invalid {
        /// The option.
        name: String,
        /// What is wrong and what would be right.
        reason: String,
    },
}

fn suggest(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(
        || format!("; there are {}", NAMES.join(", ")),
        |name| format!("; did you mean `{name}`?"),
    )
}

impl OptionError {
    pub(super) fn unknown(name: &str) -> Self {
        Self::Unknown {
            name: name.into(),
            suggestion: closest(name),
        }
    }

    pub(super) fn invalid(name: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid {
            name: name.into(),
            reason: reason.into(),
        }
    }

    /// The option, as the user writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. }
            | Self::Type { name, .. }
            | Self::Range { name, .. }
            | Self::Invalid { name, .. } => name,
        }
    }
}

impl From<OptionError> for crate::core::Error {
    fn from(error: OptionError) -> Self {
        let reason = match &error {
            OptionError::Unknown { suggestion, .. } => format!("there is no such option{}", suggest(*suggestion)),
            OptionError::Type { expected, given, .. } => format!("must be {expected}, {given} given"),
            OptionError::Range { allowed, given, .. } => format!("must be {allowed}, {given} given"),
            OptionError::Invalid { reason, .. } => reason.clone(),
        };
        Self::option(error.name(), reason)
    }
}

/// The option that differs least, if it differs little.
fn closest(given: &str) -> Option<&'static str> {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let wanted = plain(given);
    NAMES
        .into_iter()
        .map(|name| (distance(&wanted, &plain(name)), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= 2 && *distance * 2 < name.len())
        .map(|(_, name)| name)
}

/// Levenshtein distance in bytes.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
