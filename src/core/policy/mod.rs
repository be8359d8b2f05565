//! What the host's configuration means for its guest: who may choose native code, and which restrictions the guest takes
//! over. Pure logic over facts that the host half collects; nothing here reads a file or a setting.
//!
//! Two rules stand behind everything:
//! - Outside of the CLI, and on a confined one, what chooses native code or weakens a policy comes from php.ini, not from a script:
//!   of settings of the guest a script chooses those that it may set in its host, and a few more that are known to be harmless
//!   ([`check_trust`]).
//! - A guest is never less restricted than its host ([`guest_ini`], [`job_ini`], [`check_job`]). One kind of host is not
//!   restricted by `memory_limit`, `allow_url_*` and the like: a script of the CLI without `open_basedir` and `disable_*`
//!   may start `php -d …` with whatever it likes, so there options may loosen them as well ([`HostFacts::may_loosen`]).

mod guest;
mod job;
mod settings;
mod taken;
mod trust;
mod words;

pub use guest::{check_guest, guest_ini};
pub use job::{check_job, job_ini, job_settings};
pub use settings::check_settings;
pub use taken::is_taken;
pub use trust::{GUARDED_INI, GUARDED_OPTIONS, STARTUP_INI, check_trust};
pub use words::{ceiling, join_names};

/// The host's configuration at one moment, as the texts of its ini settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // They mirror as many settings.
pub struct HostFacts {
    /// `PHP_SAPI`.
    pub sapi: String,
    /// The functions that the engine has disabled, as `disable_functions` lists them; that setting need not name all of them.
    pub disable_functions: String,
    /// The classes, as `disable_classes` lists them; empty on 8.5 and later, which do not have it.
    pub disable_classes: String,
    /// `open_basedir`.
    pub open_basedir: String,
    /// `memory_limit`.
    pub memory_limit: String,
    /// A script may not set `memory_limit`: an administrator has (`php_admin_value` of FPM).
    pub memory_is_fixed: bool,
    /// `allow_url_fopen`.
    pub allow_url_fopen: bool,
    /// `allow_url_include`.
    pub allow_url_include: bool,
    /// `enable_dl`.
    pub enable_dl: bool,
    /// Is ext/ffi loaded?
    pub ffi_loaded: bool,
    /// `ffi.enable`.
    pub ffi_enable: String,
    /// `ffi_zts.allow_runtime_options`, a system setting.
    pub allow_runtime_options: bool,
    /// A command line, whose user could as well have started another PHP. The development server (`cli-server`) is none.
    pub is_cli: bool,
}

impl HostFacts {
    /// Is a script confined to some files, functions or classes?
    #[must_use]
    pub fn is_confined(&self) -> bool {
        // An open_basedir of blanks, or of separators, lets scripts open nothing.
        let lists = [&self.disable_functions, &self.disable_classes];
        !self.open_basedir.is_empty() || lists.iter().any(|text| !text.trim().is_empty())
    }

    /// May a script choose what the process executes? On a command line that confines it to nothing it could as well start
    /// another PHP.
    #[must_use]
    pub fn trusts_scripts(&self) -> bool {
        self.may_loosen() || self.allow_runtime_options
    }

    /// The host's SAPI as messages name it.
    #[must_use]
    pub fn place(&self) -> String {
        if self.is_cli && self.is_confined() {
            return format!("{}, which open_basedir or disable_* confine", self.sapi);
        }
        self.sapi.clone()
    }

    /// May options set the guest's `memory_limit`, `allow_url_*`, `ffi.enable` and `enable_dl` beyond the host's?
    #[must_use]
    pub fn may_loosen(&self) -> bool {
        self.is_cli && !self.is_confined()
    }
}

/// Why the policy refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// An option that only php.ini may set here.
    #[error(
        "option `{option}` chooses what the process executes and is not taken from a script under the SAPI {sapi}; \
         set ffi_zts.{option} in php.ini, or let the administrator set ffi_zts.allow_runtime_options=1 there"
    )]
    RuntimeOption {
        /// The option.
        option: &'static str,
        /// The host's SAPI.
        sapi: String,
    },
    /// A name of the SAPI that only php.ini may choose here.
    #[error(
        "option `sapi_name` = \"{name}\" would open to the guest what PHP keeps for a command line (php://fd, dl(), FFI) and is \
         not taken from a script under the SAPI {sapi}; set ffi_zts.sapi_name in php.ini, or let the administrator set \
         ffi_zts.allow_runtime_options=1 there"
    )]
    RuntimeSapi {
        /// The name.
        name: String,
        /// The host's SAPI.
        sapi: String,
    },
    /// Something that is for command lines only.
    #[error(
        "{what} is for a command line that nothing confines and is not to be had under the SAPI {sapi}, unless the administrator sets \
         ffi_zts.allow_runtime_options=1 in php.ini"
    )]
    CommandLineOnly {
        /// What was called.
        what: &'static str,
        /// The host's SAPI.
        sapi: String,
    },
    /// A setting of the guest that only php.ini may choose here.
    #[error(
        "option `ini[\"{key}\"]` is not taken from a script under the SAPI {sapi}: it may choose native code or files, or weaken a \
         policy, or this PHP lets no script set it; set it in ffi_zts.ini in php.ini, or let the administrator set \
         ffi_zts.allow_runtime_options=1 there"
    )]
    RuntimeIni {
        /// The guest's setting.
        key: String,
        /// The host's SAPI.
        sapi: String,
    },
    /// A setting of the guest that would be weaker than the host's.
    #[error(
        "option `ini[\"{key}\"]` = \"{given}\" would be weaker than the host's {key}, \"{host}\"; it may only restrict further"
    )]
    Weaker {
        /// The setting.
        key: &'static str,
        /// What was given.
        given: String,
        /// What the host has.
        host: String,
    },
    /// An option that undoes a setting `ffi_zts.*`.
    #[error(
        "option `{option}` = \"{given}\" would undo ffi_zts.{setting} (\"{set}\"), which the administrator has set; it may only tighten it"
    )]
    Undone {
        /// The option.
        option: String,
        /// The setting, without `ffi_zts.`.
        setting: &'static str,
        /// What was given.
        given: String,
        /// What the administrator has set.
        set: String,
    },
    /// The guest has no such restriction.
    #[error(
        "the host's {key} (\"{host}\") cannot be taken over: PHP {guest} does not have it; use a runtime of another minor, or unset it"
    )]
    Unknown {
        /// The setting.
        key: &'static str,
        /// What the host has.
        host: String,
        /// The guest's minor.
        guest: String,
    },
    /// The host became stricter after the guest had booted.
    #[error(
        "the host's {key} became stricter after the guest had booted ({added}) and the guest cannot follow; \
         set it before the process's first use of FfiZts, or use a process of its own (an FPM pool)"
    )]
    Tightened {
        /// The setting.
        key: &'static str,
        /// What was added.
        added: String,
    },
}

impl From<PolicyError> for crate::core::Error {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error.to_string())
    }
}
