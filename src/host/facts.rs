//! What the host is and allows, read from its engine at the moment of asking; and the boot that follows from it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::engine::PreparedFacts;
use super::{disabled, environment, shim};
use crate::core::Error;
use crate::core::ceiling::{self, Ceiling};
use crate::core::options::{ExtensionLine, HOST, Options, extension_lines, ini_lines, ini_text};
use crate::core::policy::{self, HostFacts, PolicyError};
use crate::vm::preflight::{self, HostEnv, Prepared, PreparedExtension};
use crate::vm::{BootConfig, Expected, time_zones};

/// Settings of `ffi-zts run`: php.ini lines as php-cli's `-d` makes them, `-c`, `-n`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RawIni {
    /// Lines in php.ini syntax; they come last and win, but for the host's restrictions.
    pub(super) text: Vec<u8>,
    /// A php.ini.
    pub(super) path: Option<PathBuf>,
    /// Search for a php.ini as the CLI does.
    pub(super) search: bool,
    /// `PHP_BINARY` of the guest.
    pub(super) executable: Option<PathBuf>,
}

impl RawIni {
    /// Does a line of `text`, or of the php.ini, load this extension by its name or by its file?
    fn names(&self, extension: &Path) -> bool {
        let file = self.path.as_ref().and_then(|path| std::fs::read(path).ok());
        [Some(&self.text), file.as_ref()].into_iter().flatten().any(|text| {
            let named = extension_lines(&String::from_utf8_lossy(text)).named;
            named.iter().any(|(_, name)| {
                let name = Path::new(name.strip_suffix(".so").unwrap_or(name));
                extension.file_stem() == name.file_name()
            })
        })
    }
}

/// The setting `ffi_zts.<name>`, where it has a value other than its default; that of `extensions` may be empty.
pub(super) fn ini_lookup(name: &str) -> Option<String> {
    let value = shim::ini_text(&format!("ffi_zts.{name}"));
    if name == "extensions" {
        return (value != HOST).then_some(value);
    }
    (!value.is_empty()).then_some(value)
}

/// Everything that the policy looks at.
pub(super) fn collect() -> HostFacts {
    let sapi = shim::sapi_name();
    let disabled = disabled::now();
    HostFacts {
        disable_functions: disabled.functions,
        disable_classes: disabled.classes,
        open_basedir: shim::ini_text("open_basedir"),
        memory_limit: shim::ini_text("memory_limit"),
        memory_is_fixed: !shim::user_may_set("memory_limit"),
        allow_url_fopen: shim::ini_flag("allow_url_fopen"),
        allow_url_include: shim::ini_flag("allow_url_include"),
        enable_dl: shim::ini_flag("enable_dl"),
        ffi_loaded: shim::has_module("ffi"),
        ffi_enable: shim::ini_text("ffi.enable"),
        allow_runtime_options: shim::ini_flag("ffi_zts.allow_runtime_options"),
        is_cli: is_command_line(),
        sapi,
    }
}

/// A command line, whose process serves one request.
pub(super) fn is_command_line() -> bool {
    static IS_ONE: OnceLock<bool> = OnceLock::new();
    // Each job asks.
    *IS_ONE.get_or_init(|| matches!(shim::sapi_name().as_str(), "cli" | "phpdbg"))
}

/// The options that the administrator's settings alone make. A setting that is no option's value is told where it counts.
pub(super) fn settings() -> Options {
    Options::parse::<&str>(&[], &ini_lookup).unwrap_or_default()
}

/// Refuses what is not a script's to choose here; to be asked before anything is done with options.
pub(super) fn check_trust(options: &Options, host: &HostFacts) -> Result<(), PolicyError> {
    policy::check_trust(options, host, shim::user_may_set)?;
    policy::check_settings(options, &settings(), host, shim::user_may_set)
}

/// The administrator's ceilings, which FPM may set anew for a request. Command lines have none by default.
pub(super) fn set_ceilings() {
    let unlimited = is_command_line();
    for (ceiling, usual) in CEILINGS {
        let default = if unlimited { ceiling::NONE } else { usual };
        ceiling.set_limit(policy::ceiling(&shim::ini_text(ceiling.setting()), default));
    }
}

/// With what they are where there is no setting, and no command line.
pub(super) const CEILINGS: [(&Ceiling, u64); 3] = [
    (&ceiling::THREADS, 64),
    (&ceiling::SHARED_MEMORY, 256 << 20),
    (&ceiling::QUEUED_MEMORY, 256 << 20),
];

/// What the checks of files need to know.
pub(super) fn host_env() -> HostEnv {
    HostEnv {
        own_library_path: own_path(),
        allow_unsafe_library: shim::ini_flag("ffi_zts.allow_unsafe_library"),
        cache_dir: ini_lookup("cache_dir")
            .map(PathBuf::from)
            .or_else(|| DEFAULT_CACHE.get().cloned().flatten()),
        modules: shim::modules(),
    }
}

static OWN_PATH: OnceLock<PathBuf> = OnceLock::new();

/// Where hashes are remembered when no setting says it, by the environment that the process was started with: what a script
/// makes of it later does not count.
static DEFAULT_CACHE: OnceLock<Option<PathBuf>> = OnceLock::new();

/// Notes what a script could make look different later: where this extension was loaded from, and the environment as far as it
/// chooses files. Module startup only.
pub(super) fn note_places() {
    OWN_PATH.get_or_init(|| shim::own_path().unwrap_or_else(|| PathBuf::from("ffi_zts.so")));
    DEFAULT_CACHE.get_or_init(default_cache);
}

fn own_path() -> PathBuf {
    OWN_PATH.get().cloned().unwrap_or_default()
}

fn default_cache() -> Option<PathBuf> {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("ffi_zts"))
}

/// Settings of the host, each with its value of the start of the request, or without one.
pub(super) type Settings = Vec<(String, Option<Vec<u8>>)>;

/// Those that a guest has from its host. `ffi-zts run` reads a php.ini of its own.
pub(super) fn taken(raw: Option<&RawIni>) -> Settings {
    if raw.is_some() {
        return Vec::new();
    }
    shim::first_settings(policy::is_taken)
}

/// `name\0value\0…`; what has no value, or one that no setting of the guest can have, is left out.
fn as_defaults(settings: &Settings) -> Vec<u8> {
    let valued = settings
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?)));
    let plain = valued.filter(|(_, value)| !value.contains(&0));
    plain
        .flat_map(|(name, value)| [name.as_bytes(), &value[..]])
        .flat_map(|part| part.iter().copied().chain([0]))
        .collect()
}

/// What the host imposes on the guest of `ffi-zts run`: nothing, where a script could as well start `php -d …`.
pub(super) fn is_free(host: &HostFacts, raw: Option<&RawIni>) -> bool {
    raw.is_some() && host.may_loosen()
}

/// The lines of `ffi-zts run`, which stand before what the host imposes: as they are where it imposes nothing. Else what they say, in
/// lines that end where they end: behind `[PATH=…]` or an open quote no line would count.
fn first_lines(host: &HostFacts, raw: Option<&RawIni>) -> Vec<u8> {
    match raw {
        None => Vec::new(),
        Some(raw) if is_free(host, Some(raw)) => raw.text.clone(),
        Some(raw) => ini_lines(&shim::ini_entries(&raw.text)),
    }
}

/// Whether module startup does more than the runtime was tested with: Zend extensions, those of others, a php.ini, settings of startup. Of PHP's own only
/// `browscap` names a file without which it does not start.
pub(super) fn wants_probe(options: &Options, extensions: &[PreparedExtension]) -> bool {
    let at_startup = |key: &str| {
        ["opcache.", "ffi.", "extension", "zend_extension", "browscap"]
            .iter()
            .any(|start| key.starts_with(start))
    };
    extensions.iter().any(|extension| extension.zend || !extension.listed)
        || options.ini_file.is_some()
        || options.ini.iter().any(|entry| at_startup(&entry.key))
}

/// Settings that are asked for and have no effect in a guest.
fn unheeded(options: &Options) -> Vec<String> {
    let huge = options.ini_entry("opcache.huge_code_pages").is_some_and(|entry| {
        !matches!(
            entry.value.to_ascii_lowercase().as_str(),
            "" | "0" | "off" | "no" | "false"
        )
    });
    let warning = "opcache.huge_code_pages is off in a guest: it would move the code of the host's executable";
    huge.then(|| warning.to_owned()).into_iter().collect()
}

/// The boot of checked files under the host's policy. `Err` says what cannot be mirrored.
pub(super) fn boot_config(
    options: &Options,
    host: &HostFacts,
    prepared: Prepared,
    taken: &Settings,
    raw: Option<&RawIni>,
) -> Result<(BootConfig, PreparedFacts), Error> {
    // php ignores a php.ini that it cannot read; the one that was asked for is another matter.
    if raw.is_none()
        && let Some(file) = &options.ini_file
    {
        std::fs::File::open(file)
            .map_err(|cause| Error::boot(format!("open ini_file {}", file.display()), cause.to_string()))?;
    }
    let enforced = if is_free(host, raw) {
        Vec::new()
    } else {
        policy::check_guest(host, prepared.manifest.php_version_id).and_then(|()| policy::guest_ini(host, options))?
    };
    let lines: Vec<ExtensionLine> = prepared
        .extensions
        .iter()
        .filter(|extension| !extension.of_host || !raw.is_some_and(|raw| raw.names(&extension.original)))
        .map(|extension| ExtensionLine {
            path: extension.path.clone(),
            zend: extension.zend,
            optional: extension.of_host,
        })
        .collect();
    let told = PreparedFacts {
        library: prepared.library.display().to_string(),
        php_version: prepared.manifest.php_version.clone(),
        extensions: preflight::ExtensionRules::of(&prepared),
        warnings: [prepared.warnings.clone(), unheeded(options)].concat(),
        lacking: prepared.lacking.clone(),
    };
    let mut own = options.ini_text(&enforced, &[])?;
    // Written again when it is known which of them can be opened; what cannot be written is an error of the options.
    ini_text(&[], &[], &lines)?;
    // The option beats a php.ini; the runtime's directory is only the default of the setting.
    if let Some(directory) = &options.extension_dir
        && options.ini_entry("extension_dir").is_none()
    {
        let entry = [("extension_dir".to_owned(), directory.display().to_string())];
        own.insert_str(0, &ini_text(&[], &entry, &[])?);
    }
    let text = [first_lines(host, raw), b"\n".to_vec(), own.into_bytes()].concat();
    let mut config = BootConfig::new(prepared.library.clone(), prepared.guest_half.clone());
    config.expected = Some(Expected {
        php_version_id: prepared.manifest.php_version_id,
        zend_module_api: prepared.manifest.zend_module_api,
        debug: prepared.manifest.debug,
    });
    config.libdir.clone_from(&options.libdir);
    config.sapi_name.clone_from(&options.sapi_name);
    config.ini_path = raw
        .and_then(|raw| raw.path.clone())
        .or_else(|| options.ini_file.clone());
    config.ini_search = raw.is_some_and(|raw| raw.search);
    config.ini_defaults = as_defaults(taken);
    config.ini_entries = text;
    config.extension_lines = lines;
    config.threads = options.threads;
    config.spare_workers = options.spare_workers;
    config.max_nesting = options.max_nesting;
    config.stack_size = options.stack_size;
    config.shutdown_timeout = options.shutdown_timeout;
    config.stop_timeout = options.stop_timeout;
    config.restore_signals = prepared.restore_signals;
    config.executable = raw
        .and_then(|raw| raw.executable.clone())
        .or_else(|| std::env::current_exe().ok());
    let rules = preflight::ExtensionRules::of(&prepared);
    config.extensions = Some(Arc::new(move |path| rules.open(path)));
    config.extension_dir = Some(prepared.extension_dir);
    // The command `ffi-zts run` is as quiet about it as php.
    config.demand_opcache = raw.is_none();
    config.time_zones = shim::reads_system_zones().then(|| Arc::new(time_zones::Source::system(prepared.cache)));
    config.environment = environment::first();
    config.keep_open = prepared.keep_open;
    Ok((config, told))
}
