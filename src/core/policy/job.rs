//! What a host's settings of the moment mean for a job that starts now.

use super::guest::{ffi_rank, guest_ini, no_path_cache, rank_of_ffi};
use super::settings::is_selection;
use super::words::{has_name, names};
use super::{HostFacts, PolicyError};
use crate::core::options::Options;

/// The settings of a job, at system level, which the guest did not boot with: the host's present `open_basedir`,
/// `memory_limit` and `allow_url_*`, or the options' where those restrict further. Under FPM they differ from request to
/// request, and a script may tighten them. What is as it was at boot is left out; each entry costs the job a little.
///
/// `booted` are the options that the guest was booted with, `own` those of the present request: the same on a command line.
///
/// # Errors
/// [`PolicyError::Weaker`] when the host became stricter than an entry of the options.
pub fn job_ini(
    now: &HostFacts,
    at_boot: &HostFacts,
    booted: &Options,
    own: &Options,
) -> Result<Vec<(String, String)>, PolicyError> {
    check_directories(now, own)?;
    let mut entries = Vec::new();
    let given = |options: &Options| options.ini_entry("open_basedir").map(|entry| entry.value.clone());
    let (first, given) = (given(booted), given(own));
    let directories = given.as_ref().unwrap_or(&now.open_basedir);
    if !directories.is_empty() && (given.is_none() || given != first) {
        entries.push(("open_basedir".to_owned(), directories.clone()));
        // Otherwise the guest was booted that way.
        if at_boot.open_basedir.is_empty() && first.unwrap_or_default().is_empty() {
            entries.push(no_path_cache());
        }
    }
    if now == at_boot && std::ptr::eq(booted, own) && !now.memory_is_fixed {
        return Ok(entries);
    }
    let (before, wanted) = (guest_ini(at_boot, booted)?, guest_ini(now, own)?);
    for key in ["memory_limit", "allow_url_fopen", "allow_url_include"] {
        let find = |all: &[(String, String)]| all.iter().find(|(known, _)| known == key).cloned();
        // A setting of a job cannot be set by its script, one of the boot can.
        let fixed = key == "memory_limit" && now.memory_is_fixed;
        entries.extend(find(&wanted).filter(|entry| fixed || find(&before).as_ref() != Some(entry)));
    }
    Ok(entries)
}

/// The settings of a request's options that are set for its jobs as a php.ini would, and are no restrictions.
#[must_use]
pub fn job_settings(booted: &Options, own: &Options) -> Vec<(String, String)> {
    const RESTRICTIONS: [&str; 4] = ["open_basedir", "memory_limit", "allow_url_fopen", "allow_url_include"];
    if std::ptr::eq(booted, own) {
        return Vec::new();
    }
    let entries = own
        .job_entries(booted)
        .filter(|entry| !RESTRICTIONS.contains(&&*entry.key));
    entries.map(|entry| (entry.key.clone(), entry.value.clone())).collect()
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
    for (key, now, at_boot) in lists.into_iter().filter(|(_, now, at_boot)| now != at_boot) {
        let own = options.ini_entry(key).map_or("", |entry| entry.value.as_str());
        let added: Vec<&str> = names(now)
            .filter(|name| !has_name(key, at_boot, name) && !has_name(key, own, name))
            .collect();
        if !added.is_empty() {
            return Err(PolicyError::Tightened {
                key,
                added: added.join(","),
            });
        }
    }
    let guest = options
        .ini_entry("ffi.enable")
        .map_or(ffi_rank(at_boot), |entry| rank_of_ffi(&entry.value));
    if ffi_rank(now) < ffi_rank(at_boot) && ffi_rank(now) < guest && !now.may_loosen() {
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
    if facts.open_basedir.is_empty() || is_selection(&entry.value, &facts.open_basedir) {
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
