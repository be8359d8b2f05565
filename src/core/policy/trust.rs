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

/// Settings of the guest that choose native code or what counts as trusted, or that weaken a policy, none of which PHP lets a
/// script change at run time. A name that ends in a dot stands for everything below it.
///
/// Not among them: what PHP lets any script set (`error_reporting`, `opcache.jit`, `include_path`…), what runs as PHP code
/// under the job's restrictions (`auto_prepend_file`), and what may only be tightened anyway (`open_basedir`, `disable_*`,
/// `memory_limit`, `allow_url_*`, `ffi.enable`, `enable_dl`: see [`guest_ini`](super::guest_ini)).
pub const GUARDED_INI: [&str; 26] = [
    "extension_dir",
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
    "mysqli.allow_local_infile",
    "mysqli.local_infile_directory",
    "user_ini.",
];

/// Refuses what a script may not choose under this SAPI.
///
/// # Errors
/// [`PolicyError::RuntimeOption`] or [`PolicyError::RuntimeIni`] for the first option or entry that was given at run time and
/// is guarded, unless the host is a command line or its administrator allows it.
pub fn check_trust(options: &Options, facts: &HostFacts) -> Result<(), PolicyError> {
    if facts.is_cli || facts.allow_runtime_options {
        return Ok(());
    }
    if let Some(option) = GUARDED_OPTIONS
        .into_iter()
        .find(|name| options.source(name) == Source::Runtime)
    {
        return Err(PolicyError::RuntimeOption {
            option,
            sapi: facts.sapi.clone(),
        });
    }
    let guarded = options
        .ini
        .iter()
        .find(|entry| entry.source == Source::Runtime && is_guarded(&entry.key));
    match guarded {
        Some(entry) => Err(PolicyError::RuntimeIni {
            key: entry.key.clone(),
            sapi: facts.sapi.clone(),
        }),
        None => Ok(()),
    }
}

/// Settings are case-sensitive in PHP; a name that differs in case only is refused all the same, it can only be a mistake.
fn is_guarded(key: &str) -> bool {
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
                check_trust(&given(name), &under("cli")).is_ok() && check_trust(&given(name), &under("phpdbg")).is_ok()
            );
        }
    }

    #[test]
    fn elsewhere_a_script_may_not() {
        for sapi in ["fpm-fcgi", "cli-server", "apache2handler", ""] {
            for name in GUARDED_OPTIONS {
                let text = check_trust(&given(name), &under(sapi)).unwrap_err().to_string();
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
                let options = Options::default().with_ini_entry(key, &"/x".into()).unwrap();
                assert!(
                    check_trust(&options, &under(sapi))
                        .unwrap_err()
                        .to_string()
                        .contains(key)
                );
            }
        }
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
                .all(|name| check_trust(&given(name), &allowed).is_ok())
        );
        let settings = |name: &str| match name {
            "library" => Some("/l".to_owned()),
            "ini" => Some("extension_dir=/e".to_owned()),
            _ => None,
        };
        assert!(check_trust(&Options::parse::<&str>(&[], &settings).unwrap(), &under("fpm-fcgi")).is_ok());
    }

    #[test]
    fn harmless_options_pass() {
        let options = Options::parse(
            &[("threads", OptionValue::Int(2)), ("bootstrap", "b.php".into())],
            &|_| None,
        )
        .unwrap();
        let options = options.with_ini_entry("error_reporting", &OptionValue::Int(0)).unwrap();
        assert!(check_trust(&options, &under("fpm-fcgi")).is_ok());
    }
}
