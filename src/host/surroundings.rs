//! What jobs of the host start in, as the host is at the moment of the call.

use std::cell::RefCell;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

use super::engine::{self, Boot};
use super::{environment, facts, shim};
use crate::core::Error;
use crate::core::options::{Options, Output};
use crate::core::policy::{self, PolicyError};
use crate::vm::{ScriptSpec, Surroundings, Vm};

/// Settings of a job at system level.
type Restrictions = Arc<[(String, String)]>;

/// What was read from the host last.
struct Known {
    /// [`shim::generation`] of that moment.
    generation: u64,
    restrictions: Restrictions,
    /// Composer's `autoload.php` of this request, in the order in which they were included.
    autoloaders: Arc<[Vec<u8>]>,
    /// What tasks start in that are submitted now; none has been since the last change.
    tasks: Option<Arc<Surroundings>>,
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
    KNOWN.with_borrow_mut(|known| known.as_mut().is_some_and(|known| known.tasks.take().is_some()))
}

/// Reads the host again where something has changed since the last time.
fn refresh(generation: u64, boot: &Boot) -> Result<(), PolicyError> {
    let restrictions = restrictions(boot)?;
    let autoloaders = if boot.options.autoload {
        shim::autoloaders()
    } else {
        Vec::new()
    };
    KNOWN.with_borrow_mut(|known| match known {
        Some(known) if known.restrictions[..] == restrictions[..] && known.autoloaders[..] == autoloaders[..] => {
            known.generation = generation;
        }
        _ => {
            *known = Some(Known {
                generation,
                restrictions: restrictions.into(),
                autoloaders: autoloaders.into(),
                tasks: None,
            });
        }
    });
    Ok(())
}

fn restrictions(boot: &Boot) -> Result<Vec<(String, String)>, PolicyError> {
    if boot.free {
        return Ok(Vec::new());
    }
    let now = facts::collect();
    policy::check_job(&now, &boot.facts, &boot.options)?;
    policy::job_ini(&now, &boot.facts, &boot.options)
}

/// Whether what was read last is still so.
fn is_current(generation: u64) -> bool {
    KNOWN.with_borrow(|known| known.as_ref().is_some_and(|known| known.generation == generation))
}

/// The part of a job's description that says what it starts in.
///
/// # Errors
/// A restriction of the host that cannot be taken over.
pub(super) fn of_script(options: &Options) -> Result<ScriptSpec, PolicyError> {
    let generation = shim::generation();
    if !is_current(generation) {
        engine::with_boot(|boot| refresh(generation, boot)).transpose()?;
    }
    let ini = KNOWN.with_borrow(|known| known.as_ref().map(|known| known.restrictions.to_vec()));
    Ok(ScriptSpec {
        ini: ini.unwrap_or_default(),
        ..spec(options)
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
    engine::with_boot(|boot| {
        if !is_current(generation) {
            refresh(generation, boot)?;
        }
        KNOWN.with_borrow_mut(|known| {
            let known = known.as_mut().ok_or(Error::Closed)?;
            if let Some(surroundings) = &known.tasks {
                return Ok(Arc::clone(surroundings));
            }
            let surroundings = Vm::surroundings(ScriptSpec {
                ini: known.restrictions.to_vec(),
                autoload: known.autoloaders.to_vec(),
                ..spec(&boot.options)
            })?;
            known.tasks = Some(Arc::clone(&surroundings));
            Ok(surroundings)
        })
    })
    .ok_or(Error::Closed)?
}

fn spec(options: &Options) -> ScriptSpec {
    let bytes = |path: &std::path::PathBuf| path.as_os_str().as_bytes().to_vec();
    ScriptSpec {
        environment: environment::snapshot(),
        prepend: options.prepend.iter().map(bytes).collect(),
        bootstrap: options.bootstrap.as_ref().map(bytes),
        direct_output: options.output == Output::Stdout,
        owner: engine::request(),
        ..ScriptSpec::default()
    }
}
