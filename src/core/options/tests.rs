//! The options as `boot()` reads them.

use super::*;

fn parse(given: &[(&str, OptionValue)]) -> Result<Options, OptionError> {
    Options::parse(given, &|_| None)
}

fn refusal(name: &str, value: OptionValue) -> String {
    parse(&[(name, value)]).unwrap_err().to_string()
}

fn list(items: &[&str]) -> OptionValue {
    OptionValue::List(items.iter().map(|item| (*item).into()).collect())
}

fn map(entries: &[(&str, OptionValue)]) -> OptionValue {
    OptionValue::Map(
        entries
            .iter()
            .map(|(key, value)| (key.as_bytes().to_vec(), value.clone()))
            .collect(),
    )
}

#[test]
fn has_defaults() {
    let options = parse(&[]).unwrap();
    assert_eq!(options, Options::default());
    assert_eq!((options.stack_size, options.sapi_name.as_str()), (16 << 20, "ffi-zts"));
    assert_eq!(options.shutdown_timeout, Duration::from_secs(5));
    assert!(options.autoload);
    assert!(options.threads >= 1 && NAMES.iter().all(|name| options.source(name) == Source::Default));
}

#[test]
fn reads_every_option() {
    let options = parse(&[
        ("library", "/l/libphp.so".into()),
        ("libdir", "/l".into()),
        ("scope", "web".into()),
        ("runtime", "/r".into()),
        ("threads", OptionValue::Int(3)),
        ("spare_workers", OptionValue::Int(0)),
        ("max_nesting", OptionValue::Int(65_535)),
        ("stack_size", "8m".into()),
        (
            "ini",
            map(&[
                ("a.b", OptionValue::Bool(true)),
                ("c", OptionValue::Float(1.5)),
                ("a.b", OptionValue::Int(-2)),
            ]),
        ),
        ("ini_file", "/i".into()),
        ("extensions", list(&["opcache", "./x.so"])),
        ("extension_dir", "/e".into()),
        ("prepend", list(&["p.php"])),
        ("bootstrap", "b.php".into()),
        ("autoload", OptionValue::Bool(false)),
        ("sapi_name", "cli".into()),
        ("shutdown_timeout", OptionValue::Float(0.25)),
        ("stop_timeout", OptionValue::Float(0.5)),
        ("output", "stdout".into()),
    ])
    .unwrap();
    assert_eq!(
        (
            options.threads,
            options.spare_workers,
            options.max_nesting,
            options.stack_size,
            options.output
        ),
        (3, 0, 65_535, 8 << 20, Output::Stdout)
    );
    assert_eq!(
        options
            .ini
            .iter()
            .map(|e| (e.key.as_str(), e.value.as_str()))
            .collect::<Vec<_>>(),
        [("c", "1.5"), ("a.b", "-2")]
    );
    assert_eq!(options.extensions, [HOST, "opcache", "./x.so"]);
    assert!(NAMES.iter().all(|name| options.source(name) == Source::Runtime));
    assert_eq!(
        options
            .differences(&Options {
                threads: 3,
                ..Options::default()
            })
            .len(),
        NAMES.len() - 1
    );
}

#[test]
fn refuses_the_unknown_with_a_suggestion() {
    assert_eq!(
        refusal("thread", OptionValue::Int(1)),
        "unknown option `thread`; did you mean `threads`?"
    );
    assert_eq!(
        refusal("stackSize", OptionValue::Int(1)),
        "unknown option `stackSize`; did you mean `stack_size`?"
    );
    assert!(refusal("colour", OptionValue::Int(1)).starts_with("unknown option `colour`; there are library, libdir"));
    assert!(refusal("0", "library".into()).starts_with("unknown option `0`"));
}

#[test]
fn refuses_types_by_name() {
    assert_eq!(
        refusal("threads", "4".into()),
        "option `threads` must be int, string given"
    );
    assert_eq!(
        refusal("library", OptionValue::Int(1)),
        "option `library` must be string, int given"
    );
    assert_eq!(
        refusal("extensions", "opcache".into()),
        "option `extensions` must be array of strings, string given"
    );
    assert_eq!(
        refusal(
            "prepend",
            OptionValue::List(vec!["a".into(), OptionValue::Other("stdClass")])
        ),
        "option `prepend[1]` must be string, stdClass given"
    );
    assert_eq!(
        refusal("ini", map(&[("a", list(&[]))])),
        "option `ini[\"a\"]` must be string, int, float, bool or null, array given"
    );
    assert!(refusal("ini", list(&["a"])).contains("a list given"));
    assert!(refusal("extensions", map(&[("a", "b".into())])).contains("must be a list"));
}

#[test]
fn refuses_values_out_of_range() {
    for threads in [0, -1, 1025, i64::MAX] {
        assert_eq!(
            refusal("threads", OptionValue::Int(threads)),
            format!("option `threads` must be 1 to 1024, {threads} given")
        );
    }
    assert!(refusal("spare_workers", OptionValue::Int(-1)).contains("must be 0 to 1024"));
    for levels in [-1, 127, 65_536] {
        assert!(refusal("max_nesting", OptionValue::Int(levels)).contains("must be 128 to 65535"));
    }
    for size in ["1K", "2G", "x", "-1M", "M", "99999999999G"] {
        assert!(
            refusal("stack_size", size.into()).contains("must be 256K to 1G"),
            "{size}"
        );
    }
    for seconds in [-0.1, 3601.0, f64::NAN, f64::INFINITY] {
        assert!(refusal("shutdown_timeout", OptionValue::Float(seconds)).contains("must be 0 to 3600 (seconds)"));
    }
    for name in ["", "Cli", "1x", "a b", "é", "abcdefghijklmnopqrstuvwxyzabcdefg"] {
        assert!(parse(&[("sapi_name", name.into())]).is_err(), "{name}");
    }
    assert!(refusal("library", OptionValue::Text(b"/a\0b".to_vec())).contains("NUL"));
    assert!(refusal("extensions", list(&["a;b"])).contains("neither the name of an extension nor a path"));
    assert!(refusal("output", "file".into()).contains("must be \"host\" or \"stdout\""));
}

#[test]
fn an_option_beats_its_setting() {
    let settings = |name: &str| match name {
        "threads" => Some("7".to_owned()),
        "library" => Some("/from/ini".into()),
        "ini" => Some("a=1; b=2".into()),
        "extensions" => Some("opcache, apcu".into()),
        "scope" => Some(String::new()),
        _ => None,
    };
    let given = [
        ("threads", OptionValue::Int(2)),
        ("library", OptionValue::Null),
        ("ini", map(&[("b", "3".into())])),
    ];
    let options = Options::parse(&given, &settings).unwrap();
    assert_eq!((options.threads, options.source("threads")), (2, Source::Runtime));
    assert_eq!(
        (options.library.as_deref().unwrap().to_str(), options.source("library")),
        (Some("/from/ini"), Source::PhpIni)
    );
    assert_eq!(options.extensions, [HOST, "opcache", "apcu"]);
    assert_eq!(options.scope, None);

    // None at all is a choice.
    let bare = Options::parse::<&str>(&[], &|name| (name == "extensions").then(String::new)).unwrap();
    assert_eq!((bare.extensions.len(), bare.source("extensions")), (0, Source::PhpIni));
    assert_eq!(Options::default().extensions, [HOST]);
    let of = |names: &[&str]| parse(&[("extensions", list(names))]).unwrap().extensions;
    assert_eq!(of(&["opcache"]), [HOST, "opcache"]);
    assert_eq!(of(&["a", "host", "b"]), ["a", HOST, "b"]);
    assert_eq!(of(&["a", "bare", "b"]), ["a", "b"]);
    assert_eq!((of(&[]).len(), of(&["bare"]).len()), (0, 0));
    assert!(refusal("extensions", list(&["bare", "host"])).contains("contradict each other"));
    let entry = |key: &str| options.ini_entry(key).map(|entry| (entry.value.as_str(), entry.source));
    assert_eq!(
        (entry("a"), entry("b")),
        (Some(("1", Source::PhpIni)), Some(("3", Source::Runtime)))
    );
}

#[test]
fn a_bad_setting_is_named_as_such() {
    let error = Options::parse::<&str>(&[], &|name| (name == "threads").then(|| "many".into())).unwrap_err();
    assert_eq!(error.to_string(), "option `ffi_zts.threads` must be int, string given");
    let error = Options::parse::<&str>(&[], &|name| (name == "ini").then(|| "nonsense".into())).unwrap_err();
    assert!(error.to_string().contains("key=value"));
}

#[test]
fn copies_leave_the_original_alone() {
    let options = Options::default();
    let copy = options
        .with_extension(b"opcache")
        .unwrap()
        .with_ini_entry("a", &OptionValue::Bool(false))
        .unwrap();
    let copy = copy
        .with_prepend(&[b"1.php", b"2.php"])
        .unwrap()
        .with_bootstrap(b"b.php")
        .unwrap();
    let copy = copy.with_ini_file(b"/i").unwrap().with_extension_dir(b"/e").unwrap();
    assert_eq!(options, Options::default());
    assert_eq!(
        options.differences(&copy),
        ["ini", "ini_file", "extensions", "extension_dir", "prepend", "bootstrap"]
    );
    assert_eq!(copy.ini[0].value, "0");
    assert!(copy.with_bootstrap(b"").is_err() && copy.with_extension(b"a b").is_err());
    assert!(
        copy.with_ini_entry("zend_extension", &"x".into())
            .unwrap_err()
            .to_string()
            .contains("option `extensions`")
    );
}

#[test]
fn equality_ignores_order_and_source() {
    let one = Options::default()
        .with_ini_entry("a", &"1".into())
        .unwrap()
        .with_ini_entry("b", &"2".into())
        .unwrap();
    let other = Options::parse::<&str>(&[], &|name| (name == "ini").then(|| "b=2;a=1".into())).unwrap();
    assert_eq!(one, other);
}
