//! What a job starts in: directory, environment, settings, files that run first.

use std::ffi::{CString, c_char};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use super::script::{abi_size, optional_pointers, pointers, slice};
use crate::bridge::abi;

/// What is the same for every job that starts in the same, however many they are. Immutable; every string NUL-terminated.
#[derive(Clone, Debug)]
pub struct Around {
    pub(super) cwd: CString,
    pub(super) environment: Arc<[u8]>,
    pub(super) prepend: Vec<CString>,
    /// For tasks.
    pub(super) autoload: Vec<CString>,
    pub(super) bootstrap: Option<CString>,
    pub(super) ini: Vec<CString>,
    /// Key, value, key, value…: of the options of the request.
    pub(super) own: Vec<CString>,
    /// Key, value, key, value…; see [`ScriptSpec`](super::ScriptSpec).
    pub(super) settings: Vec<Option<CString>>,
    pub(super) zone: CString,
    /// As in the C form.
    pub(super) mask: i32,
    pub(super) direct_output: bool,
    pub(super) owner: u64,
    /// See [`ScriptSpec`](super::ScriptSpec).
    pub(super) autoload_inner: bool,
    /// A job's own, for those that it starts.
    pub(super) is_inner: bool,
}

/// What a job starts in, under a number.
#[derive(Debug)]
pub struct Surroundings {
    number: u64,
    revision: u64,
    pub(super) as_cli: bool,
    around: Arc<Around>,
    /// What a job in these was heard to have changed last; jobs that have changed the same share them.
    pub(super) told: Mutex<Option<Arc<Surroundings>>>,
    /// See [`Surroundings::for_jobs`].
    inner: OnceLock<Arc<Surroundings>>,
}

impl Deref for Surroundings {
    type Target = Around;

    fn deref(&self) -> &Around {
        &self.around
    }
}

impl Surroundings {
    /// Under a number and a revision of their own.
    pub(super) fn numbered(around: Arc<Around>, as_cli: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self {
            number,
            revision: number,
            as_cli,
            around,
            told: Mutex::default(),
            inner: OnceLock::new(),
        }
    }

    /// The same under another number: for a job that shares no request with others.
    pub(super) fn again(&self, as_cli: bool) -> Self {
        Self::numbered(Arc::clone(&self.around), as_cli)
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
            ..next.again(next.as_cli)
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
        Arc::clone(self.inner.get_or_init(|| Arc::new(self.again(false))))
    }

    /// A copy with this file to run first.
    #[must_use]
    pub fn with_bootstrap(&self, file: CString) -> Self {
        let around = Around {
            bootstrap: Some(file),
            ..(**self).clone()
        };
        Self::numbered(Arc::new(around), self.as_cli)
    }
}

/// Surroundings in their C form, which stays valid for as long as the value does not move out of its box.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) surroundings: Arc<Surroundings>,
    /// What the pointers of `script` point to, beside the surroundings themselves.
    _arrays: [Vec<*const c_char>; 6],
    pub(super) script: abi::Script,
    pub(super) bootstrap: *const c_char,
}

impl Standing {
    pub(super) fn new(surroundings: Arc<Surroundings>) -> Box<Self> {
        let argv = vec![std::ptr::null()];
        let prepend = pointers(&surroundings.prepend);
        let autoload = pointers(&surroundings.autoload);
        let ini = pointers(&surroundings.ini);
        let own = pointers(&surroundings.own);
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
            own: own.as_ptr(),
            own_len: surroundings.own.len(),
        };
        let bootstrap = surroundings
            .bootstrap
            .as_ref()
            .map_or(std::ptr::null(), |file| file.as_ptr());
        Box::new(Self {
            surroundings,
            _arrays: [argv, prepend, autoload, ini, own, settings],
            script,
            bootstrap,
        })
    }
}
