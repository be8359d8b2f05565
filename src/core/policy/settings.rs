//! What options may change of an administrator's `ffi_zts.*`, where scripts are not trusted.

use super::trust::is_guarded;
use super::words::{boolean, directories, quantity};
use super::{HostFacts, PolicyError};
use crate::core::options::{Options, Source};

/// Refuses options that undo what `set`, the options of the settings alone, say: numbers and times are ceilings, entries of
/// `ffi_zts.ini` are as the host's own settings, a bootstrap file stays. Files to prepend and names of `disable_*` are added
/// where options are read. `user_may_set` is that of [`check_trust`](super::check_trust).
///
/// # Errors
/// [`PolicyError::Undone`] names the first.
pub fn check_settings(
    options: &Options,
    set: &Options,
    facts: &HostFacts,
    user_may_set: impl Fn(&str) -> bool,
) -> Result<(), PolicyError> {
    if facts.trusts_scripts() {
        return Ok(());
    }
    let is_set = |name: &str| set.source(name) == Source::PhpIni && options.source(name) == Source::Runtime;
    if let Some((name, given, set)) = numbers(options, set)
        .into_iter()
        .find(|(name, given, set)| given > set && is_set(name))
    {
        return Err(undone(name.to_owned(), name, given.to_string(), set.to_string()));
    }
    if is_set("bootstrap") && options.bootstrap != set.bootstrap {
        let text = |options: &Options| options.bootstrap.as_ref().map(|file| file.display().to_string());
        let (given, set) = (text(options).unwrap_or_default(), text(set).unwrap_or_default());
        return Err(undone("bootstrap".to_owned(), "bootstrap", given, set));
    }
    for entry in &set.ini {
        let Some(own) = options.ini_entry(&entry.key) else {
            continue;
        };
        let free = || !is_guarded(&entry.key) && user_may_set(&entry.key);
        if own.value != entry.value && !tightens(&entry.key, &own.value, &entry.value).unwrap_or_else(free) {
            let (given, set) = (own.value.clone(), entry.value.clone());
            return Err(undone(format!("ini[\"{}\"]", entry.key), "ini", given, set));
        }
    }
    Ok(())
}

fn undone(option: String, setting: &'static str, given: String, set: String) -> PolicyError {
    PolicyError::Undone {
        option,
        setting,
        given,
        set,
    }
}

/// The options that an administrator's values are ceilings of.
fn numbers(given: &Options, set: &Options) -> [(&'static str, f64, f64); 6] {
    #[expect(clippy::cast_precision_loss, reason = "the largest is 2^30")]
    let number = |number: usize| number as f64;
    [
        ("threads", number(given.threads), number(set.threads)),
        ("spare_workers", number(given.spare_workers), number(set.spare_workers)),
        ("max_nesting", given.max_nesting.into(), set.max_nesting.into()),
        ("stack_size", number(given.stack_size), number(set.stack_size)),
        (
            "shutdown_timeout",
            given.shutdown_timeout.as_secs_f64(),
            set.shutdown_timeout.as_secs_f64(),
        ),
        (
            "stop_timeout",
            given.stop_timeout.as_secs_f64(),
            set.stop_timeout.as_secs_f64(),
        ),
    ]
}

/// Whether a value is as strict as the other one; `None`: neither of the setting's values is.
fn tightens(key: &str, given: &str, set: &str) -> Option<bool> {
    Some(match key {
        // Names are only added.
        "disable_functions" | "disable_classes" => true,
        "open_basedir" => is_selection(given, set),
        "memory_limit" => super::guest::given_limit(given) <= quantity(set).unwrap_or(0),
        "ffi.enable" => super::guest::rank_of_ffi(given) <= super::guest::rank_of_ffi(set),
        "allow_url_fopen" | "allow_url_include" | "enable_dl" => boolean(given) <= boolean(set),
        _ => return None,
    })
}

/// Are these some of those directories? One below another is not: see [`check_directories`](super::job::check_directories).
pub(super) fn is_selection(given: &str, of: &str) -> bool {
    let all: Vec<&str> = directories(of).collect();
    let mut given = directories(given).peekable();
    given.peek().is_some() && given.all(|path| all.contains(&path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::options::OptionValue;

    const SET: &str = "memory_limit=32M;open_basedir=/a:/b;disable_functions=exec;allow_url_fopen=0;precision=9;auto_prepend_file=/x;ffi.enable=preload";

    fn lookup(name: &str) -> Option<String> {
        let value = match name {
            "ini" => SET,
            "threads" => "2",
            "stop_timeout" => "1.5",
            "bootstrap" => "/set.php",
            "prepend" => "/first.php",
            _ => return None,
        };
        Some(value.to_owned())
    }

    fn check(given: &[(&str, OptionValue)], facts: &HostFacts) -> Result<Options, String> {
        let set = Options::parse::<&str>(&[], &lookup).unwrap();
        let own = Options::parse(given, &lookup).unwrap();
        let checked = check_settings(&own, &set, facts, |key| key == "precision");
        checked.map(|()| own).map_err(|error| error.to_string())
    }

    fn ini(key: &str, value: &str) -> [(&'static str, OptionValue); 1] {
        [("ini", OptionValue::Map(vec![(key.into(), value.into())]))]
    }

    #[test]
    fn settings_are_ceilings() {
        let page = HostFacts::default();
        for (key, value) in [
            ("memory_limit", "33M"),
            ("memory_limit", "-1"),
            ("memory_limit", "x"),
            // PHP sets none of these, and keeps its default.
            ("memory_limit", "1M"),
            ("memory_limit", "0"),
            ("open_basedir", ""),
            ("open_basedir", "/a/c"),
            ("allow_url_fopen", "1"),
            ("auto_prepend_file", ""),
            ("ffi.enable", "1"),
        ] {
            let text = check(&ini(key, value), &page).unwrap_err();
            assert!(text.contains(key) && text.contains("ffi_zts.ini"), "{text}");
        }
        for (key, value) in [
            ("memory_limit", "16M"),
            ("open_basedir", "/b/"),
            ("precision", "5"),
            ("ffi.enable", "0"),
            ("memory_limit", "32M"),
            ("serialize_precision", "3"),
        ] {
            assert!(check(&ini(key, value), &page).is_ok(), "{key}");
        }
        assert!(
            check(&[("threads", OptionValue::Int(3))], &page)
                .unwrap_err()
                .contains("ffi_zts.threads")
        );
        assert!(check(&[("threads", OptionValue::Int(1))], &page).is_ok());
        assert!(check(&[("stop_timeout", OptionValue::Float(1.6))], &page).is_err());
        assert!(
            check(&[("max_nesting", OptionValue::Int(9000))], &page).is_ok(),
            "nobody has set it"
        );
        assert!(check(&[("bootstrap", "/other.php".into())], &page).is_err());
        assert!(check(&[("bootstrap", "/set.php".into())], &page).is_ok());
    }

    #[test]
    fn names_and_files_are_added() {
        let page = HostFacts::default();
        let own = check(&ini("disable_functions", "mail"), &page).unwrap();
        assert_eq!(own.ini_entry("disable_functions").unwrap().value, "exec,mail");
        let own = check(&ini("disable_functions", ""), &page).unwrap();
        assert!(own.ini_entry("disable_functions").unwrap().value.contains("exec"));
        let again = own.with_ini_entry("disable_functions", &"".into()).unwrap();
        assert!(again.ini_entry("disable_functions").unwrap().value.contains("exec"));
        let own = check(&[("prepend", OptionValue::List(vec!["/own.php".into()]))], &page).unwrap();
        let files: Vec<_> = own.prepend.iter().map(|file| file.to_str().unwrap()).collect();
        assert_eq!(files, ["/first.php", "/own.php"]);
    }

    #[test]
    fn who_is_trusted_may_change_them() {
        let allowed = HostFacts {
            allow_runtime_options: true,
            ..HostFacts::default()
        };
        assert!(check(&ini("memory_limit", "64M"), &allowed).is_ok());
        assert!(check(&[("threads", OptionValue::Int(3))], &allowed).is_ok());
    }
}
