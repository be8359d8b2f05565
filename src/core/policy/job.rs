//! What a host's settings of the moment mean for a job that starts now.

use super::guest::{ffi_rank, flag_text, memory_limit, rank_of_ffi};
use super::words::{boolean, directories, has_name, names};
use super::{HostFacts, PolicyError};
use crate::core::options::Options;

/// The settings of a job, at system level: the host's present `open_basedir`, `memory_limit` and `allow_url_*`, or the
/// options' where those restrict further. Under FPM they differ from request to request, and a script may tighten them.
///
/// # Errors
/// [`PolicyError::Weaker`] when the host became stricter than an entry of the options.
pub fn job_ini(facts: &HostFacts, options: &Options) -> Result<Vec<(String, String)>, PolicyError> {
    check_directories(facts, options)?;
    let given = |key: &str| options.ini_entry(key).map(|entry| entry.value.clone());
    let mut entries = Vec::new();
    let own_file_decides = facts.may_loosen() && options.ini_file.is_some();
    if !own_file_decides || given("open_basedir").is_some() {
        entries.push((
            "open_basedir".to_owned(),
            given("open_basedir").unwrap_or_else(|| facts.open_basedir.clone()),
        ));
    }
    if !own_file_decides || given("memory_limit").is_some() {
        entries.push(("memory_limit".to_owned(), memory_limit(facts, options)?));
    }
    for (key, host) in [
        ("allow_url_fopen", facts.allow_url_fopen),
        ("allow_url_include", facts.allow_url_include),
    ] {
        let wanted = given(key).is_some_and(|text| boolean(&text));
        if !host && !facts.may_loosen() {
            if wanted {
                return Err(PolicyError::Weaker {
                    key,
                    given: "1".into(),
                    host: flag_text(host).into(),
                });
            }
            entries.push((key.to_owned(), flag_text(host).to_owned()));
        }
    }
    Ok(entries)
}

/// Can the running guest serve a host that now has these settings? What the guest was booted with can no longer change.
///
/// # Errors
/// [`PolicyError::Tightened`] when functions, classes or FFI were taken from the host since, and the guest still has them.
pub fn check_job(now: &HostFacts, at_boot: &HostFacts, options: &Options) -> Result<(), PolicyError> {
    let lists = [
        ("disable_functions", &now.disable_functions, &at_boot.disable_functions),
        ("disable_classes", &now.disable_classes, &at_boot.disable_classes),
    ];
    for (key, now, at_boot) in lists {
        let own = options.ini_entry(key).map_or("", |entry| entry.value.as_str());
        let added: Vec<&str> = names(now)
            .filter(|name| !has_name(at_boot, name) && !has_name(own, name))
            .collect();
        if !added.is_empty() {
            return Err(PolicyError::Tightened {
                key,
                added: added.join(","),
            });
        }
    }
    if ffi_rank(now) < ffi_rank(at_boot)
        && options
            .ini_entry("ffi.enable")
            .is_none_or(|entry| boolean(&entry.value))
    {
        return Err(PolicyError::Tightened {
            key: "ffi.enable",
            added: now.ffi_enable.clone(),
        });
    }
    Ok(())
}

/// An `open_basedir` of the options must be a selection of the host's directories. A directory below one of them is not
/// accepted: PHP resolves the links in it at every access, and what it resolves to may by then lie elsewhere.
pub(super) fn check_directories(facts: &HostFacts, options: &Options) -> Result<(), PolicyError> {
    let Some(entry) = options.ini_entry("open_basedir") else {
        return Ok(());
    };
    let mut host = directories(&facts.open_basedir).peekable();
    if host.peek().is_none() {
        return Ok(());
    }
    let host: Vec<&str> = host.collect();
    let mut given = directories(&entry.value).peekable();
    if given.peek().is_some() && given.all(|path| host.contains(&path)) {
        return Ok(());
    }
    Err(PolicyError::Weaker {
        key: "open_basedir",
        given: entry.value.clone(),
        host: facts.open_basedir.clone(),
    })
}

#[cfg(test)]
mod tests;
