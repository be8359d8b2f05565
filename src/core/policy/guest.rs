//! The settings that a guest boots with because of its host.

use super::words::{boolean, join_names, names, quantity};
use super::{HostFacts, PolicyError};
use crate::core::options::Options;

/// With `open_basedir` PHP resolves every path anew (php-src `main/main.c`, `php_module_startup`): what was a directory may
/// have become a link by the next access. A guest has its `open_basedir` by the job, too late for PHP's own measure.
pub(super) fn no_path_cache() -> (String, String) {
    ("realpath_cache_size".to_owned(), "0".to_owned())
}

/// The settings that a guest must boot with, to be written behind all others and so beat them:
/// [`Options::ini_text`](crate::core::options::Options::ini_text).
///
/// Where the host [may loosen](HostFacts::may_loosen) and the options name a php.ini for the guest, that file decides on what
/// is no confinement. `open_basedir` is not among the results: it is set for each job by
/// [`job_ini`](super::job_ini).
///
/// # Errors
/// [`PolicyError::Weaker`] names an entry of the options that is weaker than the host's setting.
pub fn guest_ini(facts: &HostFacts, options: &Options) -> Result<Vec<(String, String)>, PolicyError> {
    let mut entries = Vec::new();
    push_names(&mut entries, "disable_functions", &facts.disable_functions, options)?;
    push_names(&mut entries, "disable_classes", &facts.disable_classes, options)?;
    super::job::check_directories(facts, options)?;
    let own = options.ini_entry("open_basedir").map_or("", |entry| &entry.value);
    if !own.is_empty() || !facts.open_basedir.is_empty() {
        entries.push(no_path_cache());
    }
    for (key, value) in loosenable(facts, options)? {
        let given = options.ini_entry(key).is_some();
        if given || !facts.may_loosen() || options.ini_file.is_none() {
            entries.push((key.to_owned(), value));
        }
    }
    Ok(entries)
}

/// Does the guest, by its `PHP_VERSION_ID`, know the restrictions of the host? PHP ignores a setting that it does not know.
///
/// # Errors
/// [`PolicyError::Unknown`] for `disable_classes`, which 8.5 removed.
pub fn check_guest(facts: &HostFacts, guest: u32) -> Result<(), PolicyError> {
    if guest < 80_500 || names(&facts.disable_classes).next().is_none() {
        return Ok(());
    }
    let guest = format!("{}.{}", guest / 10_000, guest / 100 % 100);
    Err(PolicyError::Unknown {
        key: "disable_classes",
        host: facts.disable_classes.clone(),
        guest,
    })
}

/// The union of the host's names and the options': an entry adds to the host's, and an empty one is refused.
fn push_names(
    entries: &mut Vec<(String, String)>,
    key: &'static str,
    host: &str,
    options: &Options,
) -> Result<(), PolicyError> {
    let given = options.ini_entry(key).map(|entry| entry.value.as_str());
    if given.is_some_and(|given| names(given).next().is_none()) && names(host).next().is_some() {
        return Err(weaker(key, given.unwrap_or_default(), host));
    }
    let all = join_names(key, host, given.unwrap_or_default());
    if !all.is_empty() {
        entries.push((key.to_owned(), all));
    }
    Ok(())
}

/// The settings that an unconfined command line may set as it likes.
fn loosenable(facts: &HostFacts, options: &Options) -> Result<Vec<(&'static str, String)>, PolicyError> {
    let flag = |key, host| setting(facts, options, key, flag_text(host), |text| i32::from(boolean(text)));
    let mut entries = vec![
        ("allow_url_fopen", flag("allow_url_fopen", facts.allow_url_fopen)?),
        ("allow_url_include", flag("allow_url_include", facts.allow_url_include)?),
        ("enable_dl", flag("enable_dl", facts.enable_dl && facts.may_loosen())?),
        ("memory_limit", memory_limit(facts, options)?),
    ];
    entries.push(("ffi.enable", ffi(facts, options)?));
    Ok(entries)
}

/// One chunk of the memory manager, which every thread has. PHP sets no limit below that and keeps its default, 128M (php-src
/// `main/main.c`, `OnChangeMemoryLimit`).
const SMALLEST_LIMIT: u64 = 2 << 20;

/// What an option's `memory_limit` comes to; what cannot be told, or set, is the weakest.
pub(super) fn given_limit(text: &str) -> u64 {
    quantity(text)
        .filter(|bytes| *bytes >= SMALLEST_LIMIT)
        .unwrap_or(u64::MAX)
}

/// What cannot be told is the strictest on the host's side.
fn memory_limit(facts: &HostFacts, options: &Options) -> Result<String, PolicyError> {
    let Some(entry) = options.ini_entry("memory_limit") else {
        return Ok(facts.memory_limit.clone());
    };
    let host = quantity(&facts.memory_limit).unwrap_or(0);
    if given_limit(&entry.value) > host && !facts.may_loosen() {
        return Err(weaker("memory_limit", &entry.value, &facts.memory_limit));
    }
    Ok(entry.value.clone())
}

fn weaker(key: &'static str, given: &str, host: &str) -> PolicyError {
    PolicyError::Weaker {
        key,
        given: given.into(),
        host: host.into(),
    }
}

fn flag_text(flag: bool) -> &'static str {
    if flag { "1" } else { "0" }
}

/// How far FFI may be used on the host: 0 not at all, 1 in preloaded files, 2 everywhere. `preload` restricts no script of a
/// command line (php-src `ext/ffi/ffi.c`, `zend_ffi_validate_api_restriction`).
pub(super) fn ffi_rank(facts: &HostFacts) -> i32 {
    match rank_of_ffi(&facts.ffi_enable) {
        _ if !facts.ffi_loaded => 0,
        1 if facts.is_cli => 2,
        rank => rank,
    }
}

pub(super) fn rank_of_ffi(text: &str) -> i32 {
    if text.trim().eq_ignore_ascii_case("preload") {
        1
    } else {
        2 * i32::from(boolean(text))
    }
}

fn ffi(facts: &HostFacts, options: &Options) -> Result<String, PolicyError> {
    let host = match ffi_rank(facts) {
        0 => "0",
        1 => "preload",
        _ => "1",
    };
    let value = setting(facts, options, "ffi.enable", host, rank_of_ffi)?;
    // ext/ffi takes the SAPI name `cli` for a command line and would let every script in.
    let pretends = options.sapi_name == "cli" && !facts.is_cli && rank_of_ffi(&value) == 1;
    Ok(if pretends { "0".into() } else { value })
}

/// The options' value of a setting where they have one that is allowed, else the host's; a higher `weakness` is weaker.
fn setting<W: PartialOrd>(
    facts: &HostFacts,
    options: &Options,
    key: &'static str,
    host: &str,
    weakness: impl Fn(&str) -> W,
) -> Result<String, PolicyError> {
    let Some(entry) = options.ini_entry(key) else {
        return Ok(host.into());
    };
    if weakness(&entry.value) > weakness(host) && !facts.may_loosen() {
        return Err(weaker(key, &entry.value, host));
    }
    Ok(entry.value.clone())
}
