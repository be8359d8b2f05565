//! Who may choose what the process executes.

use super::{HostFacts, PolicyError};
use crate::core::options::{Options, Source};

/// Options that choose native code, or settings that do.
pub const GUARDED_OPTIONS: [&str; 6] = [
    "library",
    "libdir",
    "runtime",
    "ini_file",
    "extensions",
    "extension_dir",
];

/// Settings that a script may set in its host and that choose native code, files or what counts as trusted all the same once
/// they come before the start of the guest: PHP looks at `open_basedir` only when they change at run time. A name that ends in
/// a dot stands for everything below it. Most of them PHP lets no script set anyway; they stay refused where a build does.
///
/// Not among them is what may only be tightened (`open_basedir`, `disable_*`, `memory_limit`, `allow_url_*`, `ffi.enable`,
/// `enable_dl`: see [`guest_ini`](super::guest_ini)).
pub const GUARDED_INI: [&str; 32] = [
    "extension_dir",
    "browscap",
    "sqlite3.",
    "ffi.preload",
    "opcache.preload",
    "opcache.preload_user",
    "opcache.file_cache",
    "opcache.lockfile_path",
    "opcache.error_log",
    "opcache.blacklist_filename",
    "opcache.restrict_api",
    "opcache.validate_permission",
    "opcache.validate_root",
    "opcache.jit_debug",
    "sendmail_path",
    "mail.",
    "error_log",
    "sys_temp_dir",
    "upload_tmp_dir",
    "session.save_path",
    "session.save_handler",
    "curl.cainfo",
    "openssl.",
    "phar.readonly",
    "phar.require_hash",
    "phar.cache_list",
    "soap.wsdl_cache_dir",
    "mysqli.allow_local_infile",
    "mysqli.local_infile_directory",
    "user_ini.",
    "xdebug.",
    "geoip.custom_directory",
];

/// Settings that PHP lets no script set, or that the host does not know, and that a script may choose for its guest: sizes,
/// times and switches of its start, PHP files that run under the job's restrictions, and what may only be tightened. None of
/// them takes a path that is opened without them, or native code.
pub const STARTUP_INI: [&str; 39] = [
    "allow_url_fopen",
    "allow_url_include",
    "auto_append_file",
    "auto_globals_jit",
    "auto_prepend_file",
    "disable_classes",
    "disable_functions",
    "enable_dl",
    "ffi.enable",
    "file_uploads",
    "max_file_uploads",
    "max_input_nesting_level",
    "max_input_time",
    "max_input_vars",
    "memory_limit",
    "open_basedir",
    "opcache.enable",
    "opcache.enable_cli",
    "opcache.file_update_protection",
    "opcache.interned_strings_buffer",
    "opcache.jit",
    "opcache.jit_buffer_size",
    "opcache.max_accelerated_files",
    "opcache.max_file_size",
    "opcache.max_wasted_percentage",
    "opcache.memory_consumption",
    "opcache.revalidate_freq",
    "opcache.save_comments",
    "opcache.validate_timestamps",
    "output_buffering",
    "post_max_size",
    "realpath_cache_size",
    "realpath_cache_ttl",
    "register_argc_argv",
    "request_order",
    "short_open_tag",
    "upload_max_filesize",
    "variables_order",
    "zend.assertions",
];

/// Names, or starts of names, that PHP and its extensions take for a command line's: `php://fd/N` and descriptor 1 itself,
/// `dl()`, FFI in every script (php-src `ext/standard/php_fopen_wrapper.c`, `ext/standard/dl.c`, `ext/ffi/ffi.c`).
const COMMAND_LINE_NAMES: [&str; 4] = ["cli", "cgi", "embed", "phpdbg"];

/// Refuses what a script may not choose under this SAPI. `user_may_set` tells of a setting whether the host knows it and lets
/// a script set it at this moment, as `ini_set()` would.
///
/// # Errors
/// [`PolicyError::RuntimeOption`], [`PolicyError::RuntimeSapi`] or [`PolicyError::RuntimeIni`] for the first option or entry
/// that was given at run time and is not a script's to choose, unless the host is a command line that nothing confines, or its administrator allows it.
pub fn check_trust(
    options: &Options,
    facts: &HostFacts,
    user_may_set: impl Fn(&str) -> bool,
) -> Result<(), PolicyError> {
    if facts.trusts_scripts() {
        return Ok(());
    }
    if let Some(option) = GUARDED_OPTIONS
        .into_iter()
        .find(|name| options.source(name) == Source::Runtime)
    {
        return Err(PolicyError::RuntimeOption {
            option,
            sapi: facts.place(),
        });
    }
    if !facts.is_cli && options.source("sapi_name") == Source::Runtime && is_command_line(&options.sapi_name) {
        return Err(PolicyError::RuntimeSapi {
            name: options.sapi_name.clone(),
            sapi: facts.place(),
        });
    }
    let may_choose = |key: &str| STARTUP_INI.contains(&key) || (!is_guarded(key) && user_may_set(key));
    let refused = options
        .ini
        .iter()
        .find(|entry| entry.source == Source::Runtime && !may_choose(&entry.key));
    match refused {
        Some(entry) => Err(PolicyError::RuntimeIni {
            key: entry.key.clone(),
            sapi: facts.place(),
        }),
        None => Ok(()),
    }
}

fn is_command_line(sapi_name: &str) -> bool {
    let name = sapi_name.to_ascii_lowercase();
    COMMAND_LINE_NAMES.iter().any(|start| name.starts_with(start))
}

/// Settings are case-sensitive in PHP; a name that differs in case only is refused all the same, it can only be a mistake.
pub(super) fn is_guarded(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    GUARDED_INI.iter().any(|name| {
        if name.ends_with('.') {
            key.starts_with(name)
        } else {
            key == *name
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::options::OptionValue;

    fn under(sapi: &str) -> HostFacts {
        HostFacts {
            sapi: sapi.into(),
            is_cli: matches!(sapi, "cli" | "phpdbg"),
            ..HostFacts::default()
        }
    }

    /// A host that lets scripts set these.
    fn settable(key: &str) -> bool {
        [
            "error_reporting",
            "precision",
            "error_log",
            "session.save_path",
            "xdebug.output_dir",
        ]
        .contains(&key)
    }

    fn with(entries: &[(&str, &str)]) -> Options {
        let add =
            |options: Options, (key, value): &(&str, &str)| options.with_ini_entry(key, &(*value).into()).unwrap();
        entries.iter().fold(Options::default(), add)
    }

    fn named(sapi_name: &str) -> Options {
        Options::parse(&[("sapi_name", sapi_name.into())], &|_| None).unwrap()
    }

    fn given(name: &str) -> Options {
        let value = if name == "extensions" {
            OptionValue::List(vec!["a".into()])
        } else {
            "/x".into()
        };
        Options::parse(&[(name, value)], &|_| None).unwrap()
    }

    #[test]
    fn a_command_line_may_choose_anything() {
        for name in GUARDED_OPTIONS {
            assert!(
                check_trust(&given(name), &under("cli"), settable).is_ok()
                    && check_trust(&given(name), &under("phpdbg"), settable).is_ok()
            );
        }
    }

    #[test]
    fn a_confined_command_line_may_not() {
        let confined = [
            HostFacts {
                open_basedir: "/srv".into(),
                ..under("cli")
            },
            HostFacts {
                open_basedir: " ".into(),
                ..under("cli")
            },
            HostFacts {
                disable_functions: "exec".into(),
                ..under("cli")
            },
            HostFacts {
                disable_classes: "PDO".into(),
                ..under("phpdbg")
            },
        ];
        for host in confined {
            for name in GUARDED_OPTIONS {
                let text = check_trust(&given(name), &host, settable).unwrap_err().to_string();
                assert!(text.contains("which open_basedir or disable_* confine"), "{text}");
            }
            assert!(check_trust(&with(&[("sendmail_path", "/x")]), &host, settable).is_err());
            // It has itself what that name opens.
            assert!(check_trust(&named("cli"), &host, settable).is_ok());
            let allowed = HostFacts {
                allow_runtime_options: true,
                ..host
            };
            assert!(check_trust(&given("library"), &allowed, settable).is_ok());
        }
    }

    #[test]
    fn elsewhere_a_script_may_not() {
        for sapi in ["fpm-fcgi", "cli-server", "apache2handler", ""] {
            for name in GUARDED_OPTIONS {
                let text = check_trust(&given(name), &under(sapi), settable)
                    .unwrap_err()
                    .to_string();
                assert!(
                    text.contains(&format!("`{name}`")) && text.contains(&format!("ffi_zts.{name}")),
                    "{text}"
                );
                assert!(text.contains("ffi_zts.allow_runtime_options=1"));
            }
            for key in [
                "extension_dir",
                "opcache.preload",
                "SENDMAIL_PATH",
                "openssl.cafile",
                "mail.log",
            ] {
                let text = check_trust(&with(&[(key, "/x")]), &under(sapi), settable)
                    .unwrap_err()
                    .to_string();
                assert!(text.contains(key) && text.contains("ffi_zts.ini"), "{text}");
            }
        }
    }

    /// A list of what is dangerous is never complete: what nobody knows is refused.
    #[test]
    fn a_script_sets_what_it_could_set_in_its_host() {
        let verdict = |key: &str| check_trust(&with(&[(key, "/x")]), &under("fpm-fcgi"), settable).is_ok();
        assert!(verdict("precision") && verdict("error_reporting"));
        for key in [
            "sqlite3.extension_dir",
            "browscap",
            "phar.cache_list",
            "Precision",
            "no.such_setting",
            "apc.mmap_file_mask",
        ] {
            assert!(!verdict(key), "{key}");
        }
        for key in ["error_log", "session.save_path", "xdebug.output_dir"] {
            assert!(
                !verdict(key) && settable(key),
                "{key} chooses a file before open_basedir is in force"
            );
        }
    }

    #[test]
    fn a_script_may_tune_the_start_of_its_guest() {
        for key in STARTUP_INI {
            assert!(!is_guarded(key), "{key}");
            assert!(
                check_trust(&with(&[(key, "1")]), &under("fpm-fcgi"), |_| false).is_ok(),
                "{key}"
            );
        }
        let (tuned, mixed) = (
            with(&[("opcache.jit", "tracing")]),
            with(&[("opcache.jit", "off"), ("opcache.preload", "/x")]),
        );
        assert!(check_trust(&tuned, &under("fpm-fcgi"), |_| false).is_ok());
        assert!(check_trust(&mixed, &under("fpm-fcgi"), |_| true).is_err());
    }

    #[test]
    fn a_script_may_not_call_its_guest_a_command_line() {
        for name in ["cli", "cli-server", "cgi-fcgi", "cgi", "embed", "phpdbg"] {
            let text = check_trust(&named(name), &under("fpm-fcgi"), settable)
                .unwrap_err()
                .to_string();
            assert!(
                text.contains(&format!("\"{name}\"")) && text.contains("ffi_zts.sapi_name"),
                "{text}"
            );
            assert!(check_trust(&named(name), &under("cli"), settable).is_ok());
        }
        assert!(check_trust(&named("my-app"), &under("fpm-fcgi"), settable).is_ok());
        let settings = |name: &str| (name == "sapi_name").then(|| "cli".to_owned());
        let set = Options::parse::<&str>(&[], &settings).unwrap();
        assert!(check_trust(&set, &under("fpm-fcgi"), settable).is_ok());
    }

    #[test]
    fn an_administrator_may() {
        let allowed = HostFacts {
            allow_runtime_options: true,
            ..under("fpm-fcgi")
        };
        assert!(
            GUARDED_OPTIONS
                .iter()
                .all(|name| check_trust(&given(name), &allowed, settable).is_ok())
        );
        let settings = |name: &str| match name {
            "library" => Some("/l".to_owned()),
            "ini" => Some("extension_dir=/e".to_owned()),
            _ => None,
        };
        assert!(
            check_trust(
                &Options::parse::<&str>(&[], &settings).unwrap(),
                &under("fpm-fcgi"),
                settable
            )
            .is_ok()
        );
        let unknown = with(&[("sqlite3.extension_dir", "/x")]);
        assert!(check_trust(&unknown, &allowed, |_| false).is_ok());
    }

    #[test]
    fn harmless_options_pass() {
        let options = Options::parse(
            &[("threads", OptionValue::Int(2)), ("bootstrap", "b.php".into())],
            &|_| None,
        )
        .unwrap();
        let options = options.with_ini_entry("error_reporting", &OptionValue::Int(0)).unwrap();
        assert!(check_trust(&options, &under("fpm-fcgi"), settable).is_ok());
    }
}
