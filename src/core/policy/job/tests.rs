//! The escape matrix on paper: what a guest gets under which host.

use super::super::{check_guest, guest_ini};
use super::*;
use crate::core::options::OptionValue;

fn cli() -> HostFacts {
    HostFacts {
        sapi: "cli".into(),
        is_cli: true,
        memory_limit: "-1".into(),
        allow_url_fopen: true,
        enable_dl: true,
        ffi_loaded: true,
        ffi_enable: "preload".into(),
        ..HostFacts::default()
    }
}

fn fpm() -> HostFacts {
    HostFacts {
        sapi: "fpm-fcgi".into(),
        is_cli: false,
        memory_limit: "128M".into(),
        ..cli()
    }
}

fn with(entries: &[(&str, &str)]) -> Options {
    let add = |options: Options, (key, value): &(&str, &str)| options.with_ini_entry(key, &(*value).into()).unwrap();
    entries.iter().fold(Options::default(), add)
}

fn boot(facts: &HostFacts, options: &Options, key: &str) -> Option<String> {
    find(guest_ini(facts, options).unwrap(), key)
}

fn job(now: &HostFacts, at_boot: &HostFacts, options: &Options, key: &str) -> Option<String> {
    find(job_ini(now, at_boot, options, options).unwrap(), key)
}

fn find(entries: Vec<(String, String)>, key: &str) -> Option<String> {
    entries
        .into_iter()
        .find(|(known, _)| known == key)
        .map(|(_, value)| value)
}

fn weaker(facts: &HostFacts, key: &str, value: &str) -> bool {
    let found = guest_ini(facts, &with(&[(key, value)]));
    matches!(found, Err(PolicyError::Weaker { key: found, .. }) if found == key)
}

#[test]
fn functions_and_classes_are_joined() {
    let host = HostFacts {
        disable_functions: "exec, shell_exec".into(),
        disable_classes: "PDO".into(),
        ..cli()
    };
    let options = with(&[("disable_functions", "mail,exec")]);
    assert_eq!(
        boot(&host, &options, "disable_functions").as_deref(),
        Some("exec,shell_exec,mail")
    );
    assert_eq!(
        boot(&host, &Options::default(), "disable_classes").as_deref(),
        Some("PDO")
    );
    assert!(weaker(&host, "disable_functions", "") && weaker(&host, "disable_classes", " , "));
    assert_eq!(boot(&cli(), &Options::default(), "disable_functions"), None);
    assert!(
        check_guest(&host, 80_500)
            .unwrap_err()
            .to_string()
            .contains("PHP 8.5 does not have it")
    );
}

#[test]
fn urls_and_dl_follow_the_host() {
    let off = HostFacts {
        allow_url_fopen: false,
        ..fpm()
    };
    assert_eq!(boot(&off, &Options::default(), "allow_url_fopen").as_deref(), Some("0"));
    assert!(
        weaker(&off, "allow_url_fopen", "On")
            && weaker(&fpm(), "allow_url_include", "1")
            && weaker(&fpm(), "enable_dl", "1")
    );
    assert_eq!(
        boot(&fpm(), &with(&[("allow_url_fopen", "0")]), "allow_url_fopen").as_deref(),
        Some("0")
    );
    assert_eq!(boot(&fpm(), &Options::default(), "enable_dl").as_deref(), Some("0"));
    assert_eq!(boot(&cli(), &Options::default(), "enable_dl").as_deref(), Some("1"));
    let no_dl = HostFacts {
        enable_dl: false,
        ..cli()
    };
    assert_eq!(boot(&no_dl, &Options::default(), "enable_dl").as_deref(), Some("0"));
    assert_eq!(
        boot(&no_dl, &with(&[("enable_dl", "1")]), "enable_dl").as_deref(),
        Some("1")
    );
}

#[test]
fn ffi_is_never_wider_than_on_the_host() {
    let ffi = |facts: &HostFacts| boot(facts, &Options::default(), "ffi.enable").unwrap();
    assert_eq!((ffi(&cli()), ffi(&fpm())), ("1".into(), "preload".into()));
    assert_eq!(
        ffi(&HostFacts {
            ffi_loaded: false,
            ..cli()
        }),
        "0"
    );
    assert_eq!(
        ffi(&HostFacts {
            ffi_enable: "Off".into(),
            ..cli()
        }),
        "0"
    );
    assert_eq!(
        ffi(&HostFacts {
            ffi_enable: "true".into(),
            ..fpm()
        }),
        "1"
    );
    assert!(weaker(&fpm(), "ffi.enable", "1"));
    let pretender = Options::parse(&[("sapi_name", "cli".into())], &|_| None).unwrap();
    assert_eq!(boot(&fpm(), &pretender, "ffi.enable").as_deref(), Some("0"));
}

#[test]
fn memory_only_shrinks() {
    assert!(
        ["256M", "-1", "x", "0x10000000", "0", "1M", "64MB"]
            .iter()
            .all(|value| weaker(&fpm(), "memory_limit", value))
    );
    assert_eq!(
        boot(&fpm(), &with(&[("memory_limit", "64M")]), "memory_limit").as_deref(),
        Some("64M")
    );
    for text in [
        "0x8000000",
        "0b1000000000000000000000000000",
        "01000000000",
        "0o1000000000",
        " 128 M",
    ] {
        let host = HostFacts {
            memory_limit: text.into(),
            ..fpm()
        };
        assert!(
            weaker(&host, "memory_limit", "129M") && weaker(&host, "memory_limit", "-1"),
            "{text}"
        );
        assert!(
            guest_ini(&host, &with(&[("memory_limit", "0x4000000")])).is_ok(),
            "{text}"
        );
    }
    let unclear = HostFacts {
        memory_limit: "1.5G".into(),
        ..fpm()
    };
    assert!(weaker(&unclear, "memory_limit", "64M"), "whatever PHP makes of it");
    assert_eq!(
        boot(&unclear, &Options::default(), "memory_limit").as_deref(),
        Some("1.5G")
    );
    let later = HostFacts {
        memory_limit: "32M".into(),
        ..fpm()
    };
    assert_eq!(
        job(&later, &fpm(), &Options::default(), "memory_limit").as_deref(),
        Some("32M")
    );
    assert_eq!(
        job(&fpm(), &later, &Options::default(), "memory_limit").as_deref(),
        Some("128M")
    );
    let small = with(&[("memory_limit", "64M")]);
    assert!(job_ini(&later, &fpm(), &small, &small).is_err());
    assert_eq!(
        job(&later, &fpm(), &with(&[("memory_limit", "16M")]), "memory_limit"),
        None
    );
}

#[test]
fn what_an_administrator_fixed_is_fixed_for_jobs() {
    let fixed = HostFacts {
        memory_is_fixed: true,
        ..fpm()
    };
    let limit = |options: &Options| job(&fixed, &fixed, options, "memory_limit");
    assert_eq!(limit(&Options::default()).as_deref(), Some("128M"));
    assert_eq!(limit(&with(&[("memory_limit", "64M")])).as_deref(), Some("64M"));
    assert_eq!(job(&fpm(), &fpm(), &Options::default(), "memory_limit"), None);
}

#[test]
fn an_unconfined_command_line_may_loosen() {
    let host = HostFacts {
        memory_limit: "128M".into(),
        ffi_loaded: false,
        ..cli()
    };
    let options = with(&[("memory_limit", "1G"), ("allow_url_include", "1"), ("ffi.enable", "1")]);
    assert_eq!(boot(&host, &options, "memory_limit").as_deref(), Some("1G"));
    assert_eq!(boot(&host, &options, "allow_url_include").as_deref(), Some("1"));
    assert_eq!(job_ini(&host, &host, &options, &options).unwrap(), []);
    let confined = HostFacts {
        open_basedir: "/srv".into(),
        ..host
    };
    for (key, value) in [
        ("memory_limit", "1G"),
        ("allow_url_include", "1"),
        ("ffi.enable", "1"),
        ("enable_dl", "1"),
    ] {
        assert!(weaker(&confined, key, value), "{key}");
    }
}

#[test]
fn its_own_ini_decides_there() {
    let options = with(&[]).with_ini_file(b"/i").unwrap();
    assert_eq!(guest_ini(&cli(), &options).unwrap(), []);
    let later = HostFacts {
        memory_limit: "1M".into(),
        ..cli()
    };
    assert_eq!(job_ini(&later, &cli(), &options, &options).unwrap(), []);
    assert_eq!(boot(&fpm(), &options, "memory_limit").as_deref(), Some("128M"));
}

#[test]
fn paths_are_not_remembered_where_they_are_restricted() {
    let confined = HostFacts {
        open_basedir: "/srv".into(),
        ..fpm()
    };
    let key = "realpath_cache_size";
    assert_eq!(boot(&confined, &with(&[(key, "16M")]), key).as_deref(), Some("0"));
    assert_eq!(
        boot(&fpm(), &with(&[("open_basedir", "/srv")]), key).as_deref(),
        Some("0")
    );
    assert_eq!(boot(&fpm(), &Options::default(), key), None);
    assert_eq!(job(&confined, &fpm(), &Options::default(), key).as_deref(), Some("0"));
    assert_eq!(job(&confined, &confined, &Options::default(), key), None);
}

/// PHP opens nothing then (`php_check_open_basedir_ex` in php-src `main/fopen_wrappers.c`).
#[test]
fn directories_without_a_name_are_a_restriction() {
    for text in [":", " ", "::", " : "] {
        let host = HostFacts {
            open_basedir: text.into(),
            ..cli()
        };
        let none = Options::default();
        assert!(host.is_confined() && !host.trusts_scripts(), "{text:?}");
        assert_eq!(job(&host, &cli(), &none, "open_basedir").as_deref(), Some(text));
        assert_eq!(job(&host, &cli(), &none, "realpath_cache_size").as_deref(), Some("0"));
        assert_eq!(boot(&host, &none, "realpath_cache_size").as_deref(), Some("0"));
        for given in ["", "/", "/srv", ":"] {
            assert!(weaker(&host, "open_basedir", given), "{text:?} {given:?}");
        }
        assert_eq!(
            job(&cli(), &cli(), &with(&[("open_basedir", text)]), "open_basedir"),
            None
        );
    }
}

#[test]
fn directories_are_a_selection_of_the_hosts() {
    let host = HostFacts {
        open_basedir: "/srv/a/:/srv/b".into(),
        ..fpm()
    };
    let none = Options::default();
    assert_eq!(
        job(&host, &host, &none, "open_basedir").as_deref(),
        Some("/srv/a/:/srv/b")
    );
    assert_eq!(
        job(&host, &fpm(), &none, "open_basedir").as_deref(),
        Some("/srv/a/:/srv/b")
    );
    assert_eq!(job(&fpm(), &host, &none, "open_basedir"), None);
    // The guest booted with it.
    assert_eq!(
        job(&host, &host, &with(&[("open_basedir", "/srv/b/")]), "open_basedir"),
        None
    );
    for value in ["", "/", "/srv", "/srv/a/link", "/srv/a:/etc", "."] {
        let options = with(&[("open_basedir", value)]);
        assert!(weaker(&host, "open_basedir", value), "{value}");
        assert!(job_ini(&host, &fpm(), &options, &options).is_err(), "{value}");
    }
    assert_eq!(
        guest_ini(&fpm(), &with(&[("open_basedir", "/x")]))
            .unwrap()
            .iter()
            .filter(|e| e.0 == "open_basedir")
            .count(),
        0
    );
}

#[test]
fn a_host_that_became_stricter_is_refused() {
    let boot = HostFacts {
        disable_functions: "exec".into(),
        ..fpm()
    };
    let now = |text: &str| HostFacts {
        disable_functions: text.into(),
        ..fpm()
    };
    let options = with(&[("disable_functions", "mail")]);
    assert!(check_job(&now("exec , mail"), &boot, &options).is_ok() && check_job(&now(""), &boot, &options).is_ok());
    let text = check_job(&now("exec,system"), &boot, &options).unwrap_err().to_string();
    assert!(text.contains("disable_functions") && text.contains("system"), "{text}");
    let no_ffi = HostFacts {
        ffi_enable: "0".into(),
        ..boot.clone()
    };
    assert!(check_job(&no_ffi, &boot, &Options::default()).is_err());
    assert!(check_job(&no_ffi, &boot, &with(&[("ffi.enable", "0")])).is_ok());
    let no_urls = HostFacts {
        allow_url_fopen: false,
        ..boot.clone()
    };
    assert_eq!(
        job(&no_urls, &boot, &Options::default(), "allow_url_fopen").as_deref(),
        Some("0")
    );
    let wanted = Options::default()
        .with_ini_entry("allow_url_fopen", &OptionValue::Bool(true))
        .unwrap();
    assert!(job_ini(&no_urls, &boot, &wanted, &wanted).is_err());
}
