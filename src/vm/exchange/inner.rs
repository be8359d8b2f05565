//! What jobs start in that a job starts: what that has at the call, as far as it has changed what it started in itself.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};
use std::sync::Arc;

use super::super::job::Job;
use super::super::surroundings::{Around, Surroundings};
use super::super::worker;
use super::gate::logging;
use crate::bridge::abi::{self, Slice};
use crate::core::event::lock;
use crate::core::policy;

thread_local! {
    /// What was told on this thread, and the revision of the surroundings that it is told of.
    static TOLD: RefCell<Option<(u64, Arc<Surroundings>)>> = const { RefCell::new(None) };
}

/// What a job starts in that `job`, which runs on this thread, starts now.
pub(super) fn of(job: &Job) -> Arc<Surroundings> {
    let base = job.surroundings().for_jobs();
    TOLD.with_borrow(|told| match told {
        Some((of, own)) if *of == base.revision() => Arc::clone(own),
        _ => base,
    })
}

/// See `bridge.h`.
pub(super) unsafe extern "C" fn tell(around: *const abi::Script) {
    logging("surroundings_tell", (), || {
        let Some(job) = worker::current_job() else { return };
        let base = job.surroundings().for_jobs();
        // SAFETY: the caller's strings and arrays are valid for this call.
        let changed = unsafe { changed(&base, &*around) };
        TOLD.set((!same(&base, &changed)).then(|| (base.revision(), known(&base, changed))));
    });
}

/// `base` with what the job has otherwise.
///
/// # Safety
/// Every pointer of `around` is valid.
unsafe fn changed(base: &Around, around: &abi::Script) -> Around {
    // SAFETY: the caller's promise.
    let (settings, autoload) = unsafe {
        (
            strings(around.settings, around.settings_len),
            strings(around.autoload, around.autoload_len),
        )
    };
    // SAFETY: as above.
    let (zone, cwd, environment) = unsafe {
        (
            CStr::from_ptr(around.zone),
            bytes(&around.cwd),
            bytes(&around.environment),
        )
    };
    let pairs: Vec<_> = settings.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let mut next = Around {
        zone: zone.to_owned(),
        mask: if around.mask == 0 { base.mask } else { around.mask },
        is_inner: true,
        ..base.clone()
    };
    if let Ok(cwd) = CString::new(cwd) {
        next.cwd = cwd;
    }
    if environment != &*base.environment {
        next.environment = environment.into();
    }
    if base.autoload_inner {
        let new = autoload
            .iter()
            .filter(|file| !base.autoload.iter().any(|known| known.as_c_str() == **file));
        next.autoload.extend(new.map(|file| (*file).to_owned()));
    }
    for (name, value) in pairs.iter().filter(|(name, _)| has(&base.own, name)) {
        set(&mut next.own, name, value);
    }
    next.settings = followed(base, &pairs);
    restrict(&mut next.ini, &pairs);
    next
}

/// Those that a request follows; in one order, so that they can be compared.
fn followed(base: &Around, pairs: &[(&CStr, &CStr)]) -> Vec<Option<CString>> {
    let is_elsewhere = |name: &CStr| has(&base.ini, name) || has(&base.own, name);
    let mut pairs: Vec<_> = pairs
        .iter()
        .filter(|(name, _)| name.to_str().is_ok_and(policy::is_taken) && !is_elsewhere(name))
        .collect();
    pairs.sort_unstable();
    let text = |text: &CStr| Some(text.to_owned());
    pairs
        .iter()
        .flat_map(|(name, value)| [text(name), text(value)])
        .collect()
}

/// What the job has made stricter for itself is a restriction of those that it starts. Told of are an `open_basedir`, which PHP
/// lets nobody widen, and a `memory_limit` that is lower than at the start.
fn restrict(ini: &mut Vec<CString>, pairs: &[(&CStr, &CStr)]) {
    for (name, value) in pairs {
        if *name == c"open_basedir" {
            set(ini, name, value);
            set(ini, c"realpath_cache_size", c"0");
        } else if *name == c"memory_limit" {
            set(ini, name, value);
        }
    }
}

/// Whether a list of keys and values has the key.
fn has(pairs: &[CString], name: &CStr) -> bool {
    pairs.iter().step_by(2).any(|known| known.as_c_str() == name)
}

fn set(ini: &mut Vec<CString>, name: &CStr, value: &CStr) {
    match ini.iter().step_by(2).position(|known| known.as_c_str() == name) {
        Some(at) => value.clone_into(&mut ini[2 * at + 1]),
        None => ini.extend([name, value].map(CStr::to_owned)),
    }
}

/// The pairs of settings in that order.
fn sorted(settings: &[Option<CString>]) -> Vec<(&Option<CString>, &Option<CString>)> {
    let mut pairs: Vec<_> = settings.chunks_exact(2).map(|pair| (&pair[0], &pair[1])).collect();
    pairs.retain(|(_, value)| value.is_some());
    pairs.sort_unstable();
    pairs
}

fn same(one: &Around, other: &Around) -> bool {
    one.cwd == other.cwd
        && one.environment == other.environment
        && one.zone == other.zone
        && one.mask == other.mask
        && begins_alike(one, other)
        && sorted(&one.settings) == sorted(&other.settings)
}

/// Whether one request can serve both.
fn begins_alike(one: &Around, other: &Around) -> bool {
    one.ini == other.ini && one.own == other.own && one.autoload == other.autoload
}

/// What jobs that have changed the same share.
fn known(base: &Surroundings, changed: Around) -> Arc<Surroundings> {
    let mut told = lock(&base.told);
    if let Some(before) = &*told
        && same(before, &changed)
    {
        return Arc::clone(before);
    }
    let changed = Arc::new(changed);
    let made = Surroundings::numbered(Arc::clone(&changed), base.as_cli);
    let made = match told
        .as_deref()
        .into_iter()
        .chain([base])
        .find(|other| begins_alike(other, &changed))
    {
        Some(before) => before.revised(&made),
        None => made,
    };
    Arc::clone(told.insert(Arc::new(made)))
}

/// # Safety
/// So many strings, valid for as long as the result is used.
unsafe fn strings<'a>(at: *const *const c_char, count: usize) -> Vec<&'a CStr> {
    // SAFETY: the caller's promise.
    (0..count)
        .map(|index| unsafe { CStr::from_ptr(*at.add(index)) })
        .collect()
}

/// # Safety
/// Valid for as long as the result is used.
unsafe fn bytes<'a>(slice: &Slice) -> &'a [u8] {
    if slice.len == 0 {
        return &[];
    }
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(slice.ptr.cast(), slice.len) }
}
