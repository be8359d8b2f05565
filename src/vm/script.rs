//! A script job's description, and the form in which it is handed to the guest.

use std::ffi::{CStr, CString, c_char};
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

use super::surroundings::{Around, Surroundings};
use crate::bridge::abi;
use crate::core::Error;

/// How the script is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptMode {
    /// `script` is a path.
    #[default]
    File,
    /// `script` is code without an opening tag, as `php -r`.
    Code,
    /// The script is read from descriptor 0.
    Stdin,
    /// `script` is a path; syntax check only.
    Lint,
}

/// One script job as the host asks for it.
#[derive(Clone, Debug, Default)]
pub struct ScriptSpec {
    /// How the script is given.
    pub mode: ScriptMode,
    /// Path or code.
    pub script: Vec<u8>,
    /// Arguments; the first is the script.
    pub argv: Vec<Vec<u8>>,
    /// Directory the job starts in; empty: the process's present one.
    pub cwd: Vec<u8>,
    /// `A=1\0B=2\0`: the environment that the job sees.
    pub environment: Arc<[u8]>,
    /// Files to run first, in order.
    pub prepend: Vec<Vec<u8>>,
    /// Files that the request for tasks runs after those, in order; scripts do not.
    pub autoload: Vec<Vec<u8>>,
    /// A file that a worker runs once, as a request of its own, before its first job.
    pub bootstrap: Option<Vec<u8>>,
    /// Jobs that a script starts run the autoloaders that it has included.
    pub autoload_inner: bool,
    /// Settings of this request at system level.
    pub ini: Vec<(String, String)>,
    /// Settings of the request's options, as if they stood in the guest's php.ini.
    pub own: Vec<(String, String)>,
    /// Settings that the host has changed, by name; without a value: as the guest was booted.
    pub settings: Vec<(String, Option<Vec<u8>>)>,
    /// The time zone that the host's script has set; empty: none.
    pub zone: Vec<u8>,
    /// The umask; none: that of the worker's thread.
    pub umask: Option<u32>,
    /// Display throwables and fatal errors as php-cli does instead of reporting them.
    pub as_cli: bool,
    /// Write output to descriptor 1 instead of the job's buffer.
    pub direct_output: bool,
    /// Whose job it is, e.g. a request's id; see [`Vm::jobs_of`](super::Vm::jobs_of).
    pub owner: u64,
}

/// A checked script with every string NUL-terminated.
#[derive(Debug)]
pub(super) struct Prepared {
    mode: i32,
    script: Vec<u8>,
    argv: Vec<CString>,
    pub(super) surroundings: Arc<Surroundings>,
}

impl Prepared {
    /// Checks `spec` and copies what the C side needs terminated.
    pub(super) fn new(mut spec: ScriptSpec) -> Result<Self, Error> {
        let (mode, script, argv) = (
            spec.mode,
            std::mem::take(&mut spec.script),
            std::mem::take(&mut spec.argv),
        );
        Self::inside(Arc::new(surroundings(spec)?), mode, script, argv)
    }

    /// The script in surroundings that are there already.
    pub(super) fn inside(
        surroundings: Arc<Surroundings>,
        mode: ScriptMode,
        mut script: Vec<u8>,
        argv: Vec<Vec<u8>>,
    ) -> Result<Self, Error> {
        if mode != ScriptMode::Code && script.contains(&0) {
            return Err(nul("script path"));
        }
        script.push(0);
        Ok(Self {
            mode: match mode {
                ScriptMode::File => abi::SCRIPT_FILE,
                ScriptMode::Code => abi::SCRIPT_CODE,
                ScriptMode::Stdin => abi::SCRIPT_STDIN,
                ScriptMode::Lint => abi::SCRIPT_LINT,
            },
            script,
            argv: terminated("argument", argv)?,
            surroundings,
        })
    }

    /// The script's bootstrap file as a script of its own, in the same surroundings.
    pub(super) fn bootstrap(&self) -> Option<Self> {
        let file = self.surroundings.bootstrap.clone()?;
        let alone = Around {
            prepend: Vec::new(),
            bootstrap: None,
            ..(**self.surroundings).clone()
        };
        Some(Self {
            mode: abi::SCRIPT_FILE,
            script: file.as_bytes_with_nul().to_vec(),
            argv: vec![file],
            surroundings: Arc::new(Surroundings::numbered(Arc::new(alone), self.surroundings.as_cli)),
        })
    }

    /// The file that [`bootstrap`](Self::bootstrap) is of.
    pub(super) fn bootstrap_name(&self) -> Option<&CStr> {
        self.surroundings.bootstrap.as_deref()
    }

    /// What errors call it.
    pub(super) fn name(&self) -> Option<Arc<str>> {
        let file = matches!(self.mode, abi::SCRIPT_FILE | abi::SCRIPT_LINT);
        file.then(|| {
            format!(
                "script {}",
                String::from_utf8_lossy(&self.script[..self.script.len() - 1])
            )
            .into()
        })
    }

    /// Calls `with` with the C form, which points into `self` and into this call's stack.
    pub(super) fn with_abi<R>(&self, job: *mut std::ffi::c_void, with: impl FnOnce(&abi::Script) -> R) -> R {
        let around = &*self.surroundings;
        let argv = pointers(&self.argv);
        let prepend = pointers(&around.prepend);
        let ini = pointers(&around.ini);
        let own = pointers(&around.own);
        let settings = optional_pointers(&around.settings);
        with(&abi::Script {
            size: abi_size::<abi::Script>(),
            mode: self.mode,
            job,
            script: slice(&self.script[..self.script.len() - 1]),
            argv: argv.as_ptr(),
            argc: i32::try_from(self.argv.len()).unwrap_or(i32::MAX),
            as_cli: around.as_cli.into(),
            direct_output: around.direct_output.into(),
            mask: around.mask,
            inner: around.is_inner.into(),
            reserved: 0,
            cwd: slice(around.cwd.as_bytes()),
            environment: slice(&around.environment),
            prepend: prepend.as_ptr(),
            prepend_len: around.prepend.len(),
            autoload: std::ptr::null(),
            autoload_len: 0,
            ini: ini.as_ptr(),
            ini_len: around.ini.len(),
            settings: settings.as_ptr(),
            settings_len: around.settings.len(),
            zone: around.zone.as_ptr(),
            own: own.as_ptr(),
            own_len: around.own.len(),
        })
    }
}

/// Checks what `spec` says of a job's surroundings, and copies it.
pub(super) fn surroundings(spec: ScriptSpec) -> Result<Surroundings, Error> {
    if spec.environment.last().is_some_and(|&last| last != 0) {
        return Err(Error::Argument {
            what: "environment".into(),
            reason: "must end with a NUL byte".into(),
        });
    }
    let cwd = if spec.cwd.is_empty() {
        present_directory()
    } else {
        spec.cwd
    };
    let flat = |pairs: Vec<(String, String)>| {
        let pairs = pairs.into_iter();
        pairs
            .flat_map(|(key, value)| [key.into_bytes(), value.into_bytes()])
            .collect()
    };
    let settings = spec
        .settings
        .into_iter()
        .flat_map(|(key, value)| [Some(key.into_bytes()), value]);
    let around = Around {
        cwd: CString::new(cwd).map_err(|_| nul("working directory"))?,
        environment: spec.environment,
        prepend: terminated("prepend file", spec.prepend)?,
        autoload: terminated("autoloader", spec.autoload)?,
        bootstrap: spec
            .bootstrap
            .map(CString::new)
            .transpose()
            .map_err(|_| nul("bootstrap file"))?,
        ini: terminated("ini string", flat(spec.ini))?,
        own: terminated("ini string", flat(spec.own))?,
        settings: settings
            .map(|text| text.map(CString::new).transpose())
            .collect::<Result<_, _>>()
            .map_err(|_| nul("setting"))?,
        zone: CString::new(spec.zone).map_err(|_| nul("time zone"))?,
        mask: spec
            .umask
            .map_or(0, |mask| abi::MASK_SET | (mask & 0o777).cast_signed()),
        direct_output: spec.direct_output,
        autoload_inner: spec.autoload_inner,
        is_inner: false,
        owner: spec.owner,
    };
    Ok(Surroundings::numbered(Arc::new(around), spec.as_cli))
}

/// `size_of` as the ABI's structs state it.
pub(super) fn abi_size<T>() -> u32 {
    u32::try_from(size_of::<T>()).expect("an ABI struct is small")
}

/// `argv`-style array: the pointers, then a null.
pub(super) fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings
        .iter()
        .map(|string| string.as_ptr())
        .chain([std::ptr::null()])
        .collect()
}

/// The same for strings of which some are not there.
pub(super) fn optional_pointers(strings: &[Option<CString>]) -> Vec<*const c_char> {
    let pointer = |string: &Option<CString>| string.as_ref().map_or(std::ptr::null(), |string| string.as_ptr());
    strings.iter().map(pointer).collect()
}

pub(super) fn slice(bytes: &[u8]) -> abi::Slice {
    abi::Slice {
        ptr: bytes.as_ptr().cast(),
        len: bytes.len(),
    }
}

/// The umask of this thread; reads `/proc`.
#[must_use]
pub fn present_umask() -> u32 {
    super::sys::process::umask()
}

/// The process's working directory; `/` where it has none any more.
#[must_use]
pub fn present_directory() -> Vec<u8> {
    std::env::current_dir().map_or_else(|_| b"/".to_vec(), |path| path.into_os_string().into_vec())
}

fn terminated(what: &str, strings: Vec<Vec<u8>>) -> Result<Vec<CString>, Error> {
    let one = |(index, bytes)| CString::new(bytes).map_err(|_| nul(&format!("{what} {index}")));
    strings.into_iter().enumerate().map(one).collect()
}

fn nul(what: &str) -> Error {
    Error::Argument {
        what: what.into(),
        reason: "must not contain a NUL byte".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn the_c_form_says_what_the_spec_says() {
        let spec = ScriptSpec {
            script: b"/a.php".to_vec(),
            argv: vec![b"/a.php".to_vec(), b"\xff".to_vec()],
            cwd: b"/tmp".to_vec(),
            ini: vec![("memory_limit".into(), "1G".into())],
            ..ScriptSpec::default()
        };
        Prepared::new(spec).unwrap().with_abi(std::ptr::null_mut(), |script| {
            assert_eq!((script.argc, script.prepend_len, script.ini_len), (2, 0, 2));
            // SAFETY: `with_abi` promises NUL-terminated strings and a closing null for the length of this call.
            unsafe {
                assert_eq!(CStr::from_ptr(script.script.ptr).to_bytes(), b"/a.php");
                assert_eq!(CStr::from_ptr(*script.argv.add(1)).to_bytes(), b"\xff");
                assert!((*script.argv.add(2)).is_null());
                assert_eq!(CStr::from_ptr(*script.ini.add(1)), c"1G");
            }
        });
    }

    #[test]
    fn nul_bytes_are_refused_by_name_except_in_code() {
        let refused = |spec| Prepared::new(spec).unwrap_err().to_string();
        let argv = ScriptSpec {
            argv: vec![b"a".to_vec(), b"b\0".to_vec()],
            ..ScriptSpec::default()
        };
        assert_eq!(refused(argv), "argument 1: must not contain a NUL byte");
        let path = ScriptSpec {
            script: b"a\0".to_vec(),
            ..ScriptSpec::default()
        };
        assert_eq!(refused(path), "script path: must not contain a NUL byte");
        let environment = ScriptSpec {
            environment: Arc::from(&b"A=1"[..]),
            ..ScriptSpec::default()
        };
        assert_eq!(refused(environment), "environment: must end with a NUL byte");
        let code = ScriptSpec {
            mode: ScriptMode::Code,
            script: b"echo '\0';".to_vec(),
            ..ScriptSpec::default()
        };
        assert!(Prepared::new(code).is_ok());
    }
}
