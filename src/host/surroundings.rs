//! What jobs of the host start in, as the host is at the moment of the call.

use std::cell::RefCell;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use super::engine::{self, Boot};
use super::{environment, facts, shim};
use crate::core::Error;
use crate::core::options::{Options, Output};
use crate::core::policy::{self, PolicyError};
use crate::vm::{ScriptSpec, Surroundings, Vm, present_directory, present_umask};

/// What a worker's request for tasks is begun with, and cannot follow.
#[derive(PartialEq, Eq)]
struct Fixed {
    restrictions: Vec<(String, String)>,
    /// Settings of the request's options.
    own: Vec<(String, String)>,
    /// Composer's `autoload.php` of this request, in the order in which they were included.
    autoloaders: Vec<Vec<u8>>,
}

/// What such a request follows.
#[derive(PartialEq, Eq)]
struct Followed {
    directory: Vec<u8>,
    environment: Arc<[u8]>,
    umask: Umask,
    /// Those of the guest that are not as they were when it booted.
    settings: facts::Settings,
    zone: Vec<u8>,
}

/// The umask, and the number of calls that it was read after: PHP puts it back between requests, and changes it in no other way.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Umask {
    calls: u64,
    mask: u32,
}

impl Umask {
    fn now(before: Option<Self>) -> Self {
        let calls = shim::umask_calls();
        before.filter(|before| before.calls == calls).unwrap_or_else(|| Self {
            calls,
            mask: present_umask(),
        })
    }
}

/// What was read from the host last.
struct Known {
    /// [`shim::generation`] of that moment.
    generation: u64,
    fixed: Fixed,
    followed: Followed,
    /// What tasks start in that are submitted now; none has been yet.
    tasks: Option<Arc<Surroundings>>,
    /// What they started in before something changed that their requests follow.
    before: Option<Arc<Surroundings>>,
    /// What scripts start in that were submitted last, under these options.
    scripts: Option<(Arc<Options>, Arc<Surroundings>)>,
}

thread_local! {
    static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
}

/// A request begins: nothing of the one before counts.
pub(super) fn forget() {
    KNOWN.set(None);
}

/// What the host's tasks were started in is given up. Whether there was something.
pub(super) fn forget_tasks() -> bool {
    KNOWN.take().is_some_and(|known| known.tasks.or(known.before).is_some())
}

/// Reads the host again where something has changed since the last time.
fn refresh(generation: u64, boot: &Boot, own: &Options) -> Result<(), PolicyError> {
    let fixed = Fixed {
        restrictions: restrictions(boot, own)?,
        own: policy::job_settings(&boot.options, own),
        autoloaders: if own.autoload { shim::autoloaders() } else { Vec::new() },
    };
    let followed = Followed {
        directory: present_directory(),
        environment: environment::snapshot(),
        umask: Umask::now(KNOWN.with_borrow(|known| known.as_ref().map(|known| known.followed.umask))),
        settings: changed(&boot.taken),
        zone: if boot.taken.is_empty() {
            Vec::new()
        } else {
            shim::zone()
        },
    };
    KNOWN.with_borrow_mut(|known| {
        let old = known.take().filter(|old| old.fixed == fixed);
        let same = old.as_ref().is_some_and(|old| old.followed == followed);
        let (tasks, before) = old.map_or((None, None), |old| (old.tasks, old.before));
        let (tasks, before) = if same {
            (tasks, before)
        } else {
            (None, tasks.or(before))
        };
        *known = Some(Known {
            generation,
            fixed,
            followed,
            tasks,
            before,
            scripts: None,
        });
    });
    Ok(())
}

/// Those settings of the guest that the host has otherwise now.
fn changed(taken: &facts::Settings) -> facts::Settings {
    let now = taken.iter().map(|(name, first)| (name, first, shim::setting(name)));
    // A session handler of PHP code is the script's own.
    let user = |name: &str, now: &Option<Vec<u8>>| name == "session.save_handler" && now.as_deref() == Some(b"user");
    now.filter(|(name, first, now)| now != *first && !user(name, now))
        .map(|(name, _, now)| (name.clone(), now))
        .collect()
}

fn restrictions(boot: &Boot, own: &Options) -> Result<Vec<(String, String)>, PolicyError> {
    if boot.free {
        return Ok(Vec::new());
    }
    let now = facts::collect();
    policy::check_job(&now, &boot.facts, &boot.options)?;
    policy::job_ini(&now, &boot.facts, &boot.options, own)
}

/// Whether what was read last is still so.
fn is_current(generation: u64) -> bool {
    KNOWN.with_borrow(|known| known.as_ref().is_some_and(|known| known.generation == generation))
}

/// What a script starts in that is submitted now.
///
/// # Errors
/// A restriction of the host that cannot be taken over.
pub(super) fn of_script(options: &Arc<Options>) -> Result<Arc<Surroundings>, Error> {
    let generation = shim::generation();
    // A script has the time to look itself: code that is not PHP's may have changed directory and environment, too.
    let same = |known: &Known| {
        known.followed.directory == present_directory()
            && Arc::ptr_eq(&known.followed.environment, &environment::snapshot())
    };
    if !is_current(generation) || !KNOWN.with_borrow(|known| known.as_ref().is_some_and(same)) {
        engine::with_request(|boot, own| refresh(generation, boot, own)).transpose()?;
    }
    KNOWN.with_borrow_mut(|known| match known {
        Some(known) => known.for_scripts(options),
        None => Vm::surroundings(spec(options)),
    })
}

/// What a task starts in that is submitted now.
///
/// # Errors
/// As [`of_script`]; or there is no VM.
pub(super) fn of_task() -> Result<Arc<Surroundings>, Error> {
    let generation = shim::generation();
    let known = KNOWN.with_borrow(|known| {
        let known = known.as_ref().filter(|known| known.generation == generation)?;
        known.tasks.clone()
    });
    if let Some(surroundings) = known {
        return Ok(surroundings);
    }
    engine::with_request(|boot, own| {
        if !is_current(generation) {
            refresh(generation, boot, own)?;
        }
        KNOWN.with_borrow_mut(|known| {
            let known = known.as_mut().ok_or(Error::Closed)?;
            if let Some(surroundings) = &known.tasks {
                return Ok(Arc::clone(surroundings));
            }
            let made = Vm::surroundings(ScriptSpec {
                autoload: known.fixed.autoloaders.clone(),
                ..known.spec(own)
            })?;
            let surroundings = match known.before.take() {
                Some(before) => Arc::new(before.revised(&made)),
                None => made,
            };
            known.tasks = Some(Arc::clone(&surroundings));
            Ok(surroundings)
        })
    })
    .ok_or(Error::Closed)?
}

impl Known {
    fn for_scripts(&mut self, options: &Arc<Options>) -> Result<Arc<Surroundings>, Error> {
        if let Some((of, made)) = &self.scripts
            && Arc::ptr_eq(of, options)
        {
            return Ok(Arc::clone(made));
        }
        let made = Vm::surroundings(self.spec(options))?;
        self.scripts = Some((Arc::clone(options), Arc::clone(&made)));
        Ok(made)
    }

    fn spec(&self, options: &Options) -> ScriptSpec {
        ScriptSpec {
            cwd: self.followed.directory.clone(),
            environment: Arc::clone(&self.followed.environment),
            umask: Some(self.followed.umask.mask),
            ini: self.fixed.restrictions.clone(),
            own: self.fixed.own.clone(),
            settings: self.followed.settings.clone(),
            zone: self.followed.zone.clone(),
            ..spec(options)
        }
    }
}

/// What does not change within a request.
fn spec(options: &Options) -> ScriptSpec {
    let bytes = |path: &std::path::PathBuf| path.as_os_str().as_bytes().to_vec();
    ScriptSpec {
        prepend: options.prepend.iter().map(bytes).collect(),
        bootstrap: options.bootstrap.as_ref().map(bytes),
        direct_output: options.output == Output::Stdout,
        autoload_inner: options.autoload,
        owner: engine::request(),
        ..ScriptSpec::default()
    }
}
