//! What a job starts in: directory, environment, settings, files that run first.

use std::ffi::{CString, c_char};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::script::{abi_size, optional_pointers, pointers, slice};
use crate::bridge::abi;

/// Immutable; every string NUL-terminated.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Surroundings {
    /// 0 until [`Surroundings::numbered`].
    pub(super) number: u64,
    /// The same.
    pub(super) revision: u64,
    pub(super) cwd: CString,
    pub(super) environment: Arc<[u8]>,
    pub(super) prepend: Vec<CString>,
    /// For tasks.
    pub(super) autoload: Vec<CString>,
    pub(super) bootstrap: Option<CString>,
    pub(super) ini: Vec<CString>,
    /// Key, value, key, value…; see [`ScriptSpec`](super::ScriptSpec).
    pub(super) settings: Vec<Option<CString>>,
    pub(super) zone: CString,
    /// As in the C form.
    pub(super) mask: i32,
    pub(super) as_cli: bool,
    pub(super) direct_output: bool,
    pub(super) owner: u64,
    /// See [`ScriptSpec`](super::ScriptSpec).
    pub(super) autoload_inner: bool,
    /// A job's own, for those that it starts.
    pub(super) is_inner: bool,
    /// What a job in these was heard to have changed last; jobs that have changed the same share them.
    pub(super) told: Arc<Mutex<Option<Arc<Surroundings>>>>,
    /// See [`Surroundings::for_jobs`].
    pub(super) inner: OnceLock<Arc<Surroundings>>,
}

impl Surroundings {
    /// `fields` under a number and a revision of their own.
    pub(super) fn numbered(fields: Self) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            number,
            revision: number,
            inner: OnceLock::new(),
            told: Arc::default(),
            ..fields
        }
    }

    /// Tasks of the same number share a worker's request.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// A request of this number that has another revision takes over what it can: directory, environment, settings, time zone.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// `next`, which differs in nothing but what a request can take over, for the requests that these surroundings are for.
    #[must_use]
    pub fn revised(&self, next: &Self) -> Self {
        Self {
            number: self.number,
            ..Self::numbered(next.clone())
        }
    }

    /// Whose jobs they are for.
    #[must_use]
    pub fn owner(&self) -> u64 {
        self.owner
    }

    /// What jobs start in that a job in these surroundings starts: whoever awaits them is told of their failures, also where the
    /// job itself displays its own as php-cli does.
    #[must_use]
    pub fn for_jobs(self: &Arc<Self>) -> Arc<Self> {
        if !self.as_cli {
            return Arc::clone(self);
        }
        let reporting = || {
            Arc::new(Self::numbered(Self {
                as_cli: false,
                ..(**self).clone()
            }))
        };
        Arc::clone(self.inner.get_or_init(reporting))
    }

    /// A copy with this file to run first.
    #[must_use]
    pub fn with_bootstrap(&self, file: CString) -> Self {
        Self::numbered(Self {
            bootstrap: Some(file),
            ..self.clone()
        })
    }
}

/// Surroundings in their C form, which stays valid for as long as the value does not move out of its box.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) surroundings: Arc<Surroundings>,
    /// What the pointers of `script` point to, beside the surroundings themselves.
    _arrays: [Vec<*const c_char>; 5],
    pub(super) script: abi::Script,
    pub(super) bootstrap: *const c_char,
}

impl Standing {
    pub(super) fn new(surroundings: Arc<Surroundings>) -> Box<Self> {
        let argv = vec![std::ptr::null()];
        let prepend = pointers(&surroundings.prepend);
        let autoload = pointers(&surroundings.autoload);
        let ini = pointers(&surroundings.ini);
        let settings = optional_pointers(&surroundings.settings);
        let script = abi::Script {
            size: abi_size::<abi::Script>(),
            mode: abi::SCRIPT_TASKS,
            job: std::ptr::null_mut(),
            script: slice(c"".to_bytes()),
            argv: argv.as_ptr(),
            argc: 0,
            as_cli: surroundings.as_cli.into(),
            direct_output: surroundings.direct_output.into(),
            mask: surroundings.mask,
            inner: surroundings.is_inner.into(),
            reserved: 0,
            cwd: slice(surroundings.cwd.as_bytes()),
            environment: slice(&surroundings.environment),
            prepend: prepend.as_ptr(),
            prepend_len: surroundings.prepend.len(),
            autoload: autoload.as_ptr(),
            autoload_len: surroundings.autoload.len(),
            ini: ini.as_ptr(),
            ini_len: surroundings.ini.len(),
            settings: settings.as_ptr(),
            settings_len: surroundings.settings.len(),
            zone: surroundings.zone.as_ptr(),
        };
        let bootstrap = surroundings
            .bootstrap
            .as_ref()
            .map_or(std::ptr::null(), |file| file.as_ptr());
        Box::new(Self {
            surroundings,
            _arrays: [argv, prepend, autoload, ini, settings],
            script,
            bootstrap,
        })
    }
}
