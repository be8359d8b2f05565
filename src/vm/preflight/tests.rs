//! A runtime made of small fixtures, and what a preflight makes of it when one thing is wrong.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::cache::sha256;
use super::*;
use crate::core::manifest::tests::sample;
use crate::core::options::OptionValue;
use crate::elf::testing::{self, Fixture, TempDir};
use crate::elf::{self, Machine};

const SONAME: &str = "libphp-test.so";

/// A directory with `ffi_zts.so` and `runtime/` in it.
struct Place {
    directory: TempDir,
    manifest: Value,
}

impl Place {
    fn new() -> Self {
        let directory = TempDir::new();
        fs::create_dir_all(directory.path().join("runtime/ext")).unwrap();
        fs::write(directory.path().join("ffi_zts.so"), "").unwrap();
        let mut manifest = sample();
        manifest["soname"] = json!(SONAME);
        manifest["arch"] = json!(Machine::native().unwrap().name());
        manifest["extensions"] = json!({});
        let mut place = Self { directory, manifest };
        place.library("libphp.so", &testing::engine(SONAME, ""));
        let guest = Fixture::build(
            "int ffi_zts_guest_attach(void) { return 3; } extern int tsrm_startup(); int use(void) { return tsrm_startup(); }",
            &[],
        );
        let guest = elf::relink(&guest.bytes(), &elf::Relink::to_libphp(SONAME, None)).unwrap();
        place.put("runtime/ffi_zts_guest.so", &guest);
        place.manifest["guest"]["sha256"] = json!(sha256(&guest));
        place.put("runtime/ext/good.so", &testing::extension("API20220829,TS").bytes());
        place.write();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
        testing::mode(&self.path(name), 0o644);
    }

    fn library(&mut self, name: &str, fixture: &Fixture) {
        let bytes = fixture.bytes();
        self.put(&format!("runtime/{name}"), &bytes);
        self.manifest["libphp"] = json!({"file": name, "sha256": sha256(&bytes), "size": bytes.len()});
        self.write();
    }

    fn write(&self) {
        self.put("runtime/runtime.json", self.manifest.to_string().as_bytes());
    }

    fn env(&self) -> HostEnv {
        HostEnv {
            own_library_path: self.path("ffi_zts.so"),
            allow_unsafe_library: false,
            cache_dir: None,
            modules: Vec::new(),
        }
    }

    fn with_cache(&self) -> HostEnv {
        HostEnv {
            cache_dir: Some(self.path("cache")),
            ..self.env()
        }
    }

    fn refusal(&self, given: &[(&str, OptionValue)]) -> String {
        preflight(&options(given), &self.env()).unwrap_err().to_string()
    }
}

fn options(given: &[(&str, OptionValue)]) -> Options {
    Options::parse(given, &|_| None).unwrap()
}

fn extensions(names: &[&str]) -> (&'static str, OptionValue) {
    (
        "extensions",
        OptionValue::List(names.iter().map(|name| (*name).into()).collect()),
    )
}

fn needed(path: &Path) -> Vec<String> {
    elf::inspect(&fs::read(path).unwrap()).unwrap().needed
}

#[test]
fn accepts_a_sound_runtime_without_touching_it() {
    let place = Place::new();
    let prepared = preflight(&options(&[]), &place.env()).unwrap();
    assert_eq!(
        prepared.library,
        place.path("runtime/libphp.so").canonicalize().unwrap()
    );
    assert_eq!(
        prepared.guest_half,
        place.path("runtime/ffi_zts_guest.so").canonicalize().unwrap()
    );
    assert!(!prepared.restore_signals && !prepared.has_readline && prepared.keep_open.is_empty());
    assert_eq!(
        (prepared.dependency.as_str(), prepared.manifest.minor.as_str()),
        (SONAME, "8.2")
    );
}

#[test]
fn finds_the_runtime_in_its_places() {
    let place = Place::new();
    fs::create_dir(place.path("ffi_zts")).unwrap();
    fs::rename(place.path("runtime"), place.path("ffi_zts/runtime")).unwrap();
    assert!(preflight(&options(&[]), &place.env()).is_ok());
    fs::rename(place.path("ffi_zts/runtime"), place.path("elsewhere")).unwrap();
    let text = place.refusal(&[]);
    assert!(
        text.contains("no runtime.json in") && text.contains("make build") && text.contains("ffi_zts.runtime"),
        "{text}"
    );
    let named = [("runtime", place.path("elsewhere").to_str().unwrap().into())];
    assert!(preflight(&options(&named), &place.env()).is_ok());
}

#[test]
fn relinks_an_extension_into_sealed_memory() {
    let place = Place::new();
    let wanted = options(&[extensions(&["good", "good.so"])]);
    let prepared = preflight(&wanted, &place.env()).unwrap();
    let [extension] = prepared.extensions.as_slice() else {
        panic!("{:?}", prepared.extensions)
    };
    assert!(extension.relinked && !extension.zend && extension.path.starts_with("/proc/self/fd"));
    assert_eq!(
        (needed(&extension.path)[0].as_str(), prepared.keep_open.len()),
        (SONAME, 1)
    );
    assert!(prepared.warnings[0].contains("named twice"));
    // A cache makes no difference: what is in it is nobody's word for what is executed.
    fs::create_dir_all(place.path("cache/relinked")).unwrap();
    let cached = preflight(&wanted, &place.with_cache()).unwrap();
    assert!(cached.extensions[0].path.starts_with("/proc/self/fd") && cached.keep_open.len() == 1);
    assert_eq!(fs::read_dir(place.path("cache/relinked")).unwrap().count(), 0);
    let written = fs::OpenOptions::new()
        .write(true)
        .open(&cached.extensions[0].path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"poison"));
    assert!(written.is_err(), "it is sealed");
}

#[test]
fn leaves_a_relinked_extension_alone_and_knows_what_is_built_in() {
    let place = Place::new();
    let bytes = elf::relink(
        &fs::read(place.path("runtime/ext/good.so")).unwrap(),
        &elf::Relink::to_libphp(SONAME, None),
    )
    .unwrap();
    place.put("runtime/ext/linked.so", &bytes);
    let prepared = preflight(&options(&[extensions(&["linked", "core"])]), &place.env()).unwrap();
    assert!(!prepared.extensions[0].relinked && prepared.warnings[0].contains("part of libphp"));
    let rules = ExtensionRules::of(&prepared);
    let opened = |name: &str| rules.open(&place.path(name));
    let linked = place.path("runtime/ext/linked.so").canonicalize().unwrap();
    assert_eq!(opened("runtime/ext/linked.so"), Ok(linked));
    // One that the running guest asks for is relinked as well, once.
    let copy = opened("runtime/ext/good.so").unwrap();
    assert_eq!(
        (needed(&copy)[0].as_str(), opened("runtime/ext/good.so")),
        (SONAME, Ok(copy.clone()))
    );
    assert_eq!(rules.open(&copy), Ok(copy), "by the name that it was given");
    assert_eq!(rules.ready().len(), 2);
    place.put("runtime/ext/nts.so", &testing::extension("API20220829,NTS").bytes());
    assert!(opened("runtime/ext/nts.so").unwrap_err().contains("not thread-safe"));
}

#[test]
fn looks_at_what_a_php_ini_names() {
    let place = Place::new();
    let ini = |text: &str| {
        place.put("php.ini", text.as_bytes());
        [("ini_file", OptionValue::from(place.path("php.ini").to_str().unwrap()))]
    };
    place.put("runtime/ext/bad.so", &testing::extension("API20240924,TS").bytes());
    let named = ini("memory_limit=1\nextension=good\n;extension=bad\nextension=no_such\n");
    let prepared = preflight(&options(&named), &place.env()).unwrap();
    let ready = ExtensionRules::of(&prepared).ready();
    assert_eq!(
        (ready.len(), ready[0].relinked, prepared.extensions.len()),
        (1, true, 0)
    );
    let text = place.refusal(&ini("[PHP]\nextension=good\nzend_extension=\"bad.so\"\n"));
    assert!(
        text.contains("php.ini, line 3: extension")
            && text.contains("it needs API 20240924")
            && text.contains("build-extension"),
        "{text}"
    );
    fs::create_dir(place.path("other")).unwrap();
    let elsewhere = format!("extension=bad\nextension_dir={}\n", place.path("other").display());
    assert!(
        preflight(&options(&ini(&elsewhere)), &place.env()).is_ok(),
        "php looks there"
    );
    let with_directory = [
        ini(&elsewhere)[0].clone(),
        ("extension_dir", place.path("runtime/ext").to_str().unwrap().into()),
    ];
    assert!(
        preflight(&options(&with_directory), &place.env()).is_err(),
        "the option beats the file"
    );
    let findings = doctor_findings(&options(&ini("extension=good\nextension=bad\n")), &place.env());
    let told: Vec<_> = findings[5..].iter().map(|f| (f.check.as_str(), f.ok)).collect();
    assert_eq!(
        told,
        [
            ("extensions of the host", true),
            ("extension good", true),
            ("extension bad", false)
        ]
    );
    assert!(
        findings[6].detail.ends_with("relinked in memory at each boot"),
        "{}",
        findings[6].detail
    );
}

#[test]
fn fits_the_guest_half_to_a_library_of_another_name() {
    let mut place = Place::new();
    place.put("third.so", &testing::engine("libphp.so", "").bytes());
    let third = [
        ("library", place.path("third.so").to_str().unwrap().into()),
        extensions(&["good"]),
    ];
    let prepared = preflight(&options(&third), &place.env()).unwrap();
    assert!(prepared.guest_half.starts_with("/proc/self/fd"));
    assert_eq!(needed(&prepared.guest_half), ["libphp.so"]);
    assert_eq!(needed(&prepared.extensions[0].path)[0], "libphp.so");
    let nameless = Fixture::build(&testing::engine_source(""), &[]);
    place.library("libphp.so", &nameless);
    let prepared = preflight(&options(&[]), &place.env()).unwrap();
    assert_eq!(needed(&prepared.guest_half), [prepared.library.to_str().unwrap()]);
}

#[test]
fn refuses_unsuitable_libraries_with_every_reason() {
    let place = Place::new();
    let hook = "int zend_signal_globals_offset; const char *hook = \"php_cli_get_shell_callbacks\";";
    let unsafe_one = testing::engine("libphp.so", hook);
    place.put("unsafe.so", &unsafe_one.bytes());
    let given = |name: &str| [("library", OptionValue::from(place.path(name).to_str().unwrap()))];
    let text = place.refusal(&given("unsafe.so"));
    for part in [
        "ZEND_SIGNALS",
        "readline",
        "ffi_zts.allow_unsafe_library=1",
        "build-libphp.sh",
    ] {
        assert!(text.contains(part), "{text}");
    }
    let allowing = HostEnv {
        allow_unsafe_library: true,
        ..place.env()
    };
    let prepared = preflight(&options(&given("unsafe.so")), &allowing).unwrap();
    assert!(prepared.restore_signals && prepared.has_readline);

    let source = testing::engine_source("")
        .replace("20220829,TS", "20240924,TS,debug")
        .replace("tsrm_startup", "nothing");
    place.put("wrong.so", &Fixture::build(&source, &[]).bytes());
    let text = place.refusal(&given("wrong.so"));
    for part in [
        "not thread-safe",
        "debug build",
        "API is 20240924 (PHP 8.2.99), the guest half was compiled for 20220829",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("allow_unsafe_library"));
    place.put("text.so", b"#!/bin/sh\n");
    assert!(place.refusal(&given("text.so")).contains("not an ELF file"));
    assert!(place.refusal(&given("gone.so")).contains("does not exist"));
    assert!(place.refusal(&given("runtime")).contains("not a regular file"));
    assert!(place.refusal(&given("runtime/ext/good.so")).contains("it is no libphp"));
}

#[test]
fn refuses_unsuitable_extensions_with_every_reason() {
    let place = Place::new();
    for (build_id, reason) in [
        ("API20220829,NTS", "not thread-safe"),
        ("API20220829,TS,debug", "it is a debug build"),
        ("API20240924,TS", "it needs API 20240924, the runtime has 20220829"),
        ("nothing", "its build cannot be told"),
    ] {
        place.put("runtime/ext/bad.so", &testing::extension(build_id).bytes());
        let text = place.refusal(&[extensions(&["bad"])]);
        assert!(
            text.contains(reason) && text.contains("scripts/build-extension.sh"),
            "{text}"
        );
    }
    place.put("runtime/ext/bad.so", &Fixture::build("int x;", &[]).bytes());
    assert!(
        place
            .refusal(&[extensions(&["bad"])])
            .contains("it is no PHP extension")
    );
    let good = fs::read(place.path("runtime/ext/good.so")).unwrap();
    place.put("runtime/ext/bad.so", &good[..good.len() / 2]);
    assert!(preflight(&options(&[extensions(&["bad"])]), &place.env()).is_err());
    assert!(
        place
            .refusal(&[extensions(&["gone"])])
            .contains("ext/gone.so does not exist")
    );
}

#[test]
fn an_extension_that_the_runtime_lists_must_have_its_hash() {
    let mut place = Place::new();
    let good = fs::read(place.path("runtime/ext/good.so")).unwrap();
    place.manifest["extensions"] = json!({"good.so": sha256(&good)});
    place.write();
    let wanted = options(&[extensions(&["good"])]);
    for env in [place.env(), place.with_cache()] {
        assert!(preflight(&wanted, &env).is_ok() && preflight(&wanted, &env).is_ok());
    }
    place.put("runtime/ext/good.so", &[good.as_slice(), b"more"].concat());
    for env in [place.env(), place.with_cache()] {
        assert!(
            preflight(&wanted, &env)
                .unwrap_err()
                .to_string()
                .contains("was changed")
        );
    }
}

/// What becomes of the options' extensions in a host that has these modules: names, `?` behind those of the host.
fn of_host(place: &Place, modules: &[&str], given: &[&str]) -> Vec<String> {
    let modules: Vec<String> = modules.iter().map(|module| (*module).to_owned()).collect();
    let env = HostEnv { modules, ..place.env() };
    let prepared = preflight(&options(&[extensions(given)]), &env).unwrap();
    assert!(prepared.warnings.is_empty(), "{:?}", prepared.warnings);
    let name = |extension: &PreparedExtension| {
        let file = extension.original.file_stem().unwrap().to_string_lossy().into_owned();
        file + if extension.of_host { "?" } else { "" }
    };
    prepared.extensions.iter().map(name).collect()
}

#[test]
fn the_extensions_of_the_host_are_those_that_the_runtime_lists() {
    let mut place = Place::new();
    let bytes = fs::read(place.path("runtime/ext/good.so")).unwrap();
    place.put("runtime/ext/other.so", &bytes);
    place.put("runtime/ext/unlisted.so", &bytes);
    let hash = sha256(&bytes);
    place.manifest["extensions"] = json!({"good.so": hash, "other.so": hash});
    place.write();
    let modules = ["Core", "unlisted", "Other", "Good", "pcntl"];
    assert_eq!(of_host(&place, &modules, &["host"]), ["other?", "good?"]);
    assert_eq!(of_host(&place, &modules, &[]), [""; 0]);
    assert_eq!(of_host(&place, &["Core"], &["host"]), [""; 0]);
    // What somebody names has to be there, wherever it is named.
    assert_eq!(of_host(&place, &modules, &["bare", "good"]), ["good"]);
    assert_eq!(of_host(&place, &modules, &["good", "host"]), ["good", "other?"]);
    assert_eq!(of_host(&place, &modules, &["host", "good"]), ["other?", "good"]);
    assert_eq!(
        of_host(&place, &modules, &["unlisted"]),
        ["other?", "good?", "unlisted"]
    );
    let lacking = |given: &[&str]| -> Vec<String> {
        let modules = modules.iter().map(|module| (*module).to_owned()).collect();
        let env = HostEnv { modules, ..place.env() };
        let prepared = preflight(&options(&[extensions(given)]), &env).unwrap();
        prepared.lacking.into_iter().map(|lacking| lacking.module).collect()
    };
    assert_eq!(lacking(&["host"]), ["unlisted", "pcntl"]);
    assert_eq!(lacking(&["bare", "good"]), ["unlisted", "Other", "pcntl"]);
    // A libphp of others may have them inside.
    let library = place.path("runtime/libphp.so");
    let foreign = [("library", OptionValue::from(library.to_str().unwrap()))];
    let modules = modules.iter().map(|module| (*module).to_owned()).collect();
    let prepared = preflight(&options(&foreign), &HostEnv { modules, ..place.env() }).unwrap();
    assert_eq!((prepared.extensions, prepared.lacking), (vec![], vec![]));
}

/// A runtime that lists an extension with a function, and one outside of it that calls it.
fn with_a_user_of_another(place: &mut Place) -> (PathBuf, Vec<u8>) {
    let source = |more: &str| testing::extension_source("API20220829,TS") + more;
    let provider = Fixture::build(&source("int shared_function(void) { return 1; }"), &[]).bytes();
    let provider = elf::relink(&provider, &elf::Relink::to_libphp(SONAME, None)).unwrap();
    place.put("runtime/ext/provider.so", &provider);
    place.manifest["extensions"] = json!({"provider.so": sha256(&provider)});
    place.write();
    let user = "extern int shared_function(void); int mine(void) { return shared_function(); }";
    place.put("user.so", &Fixture::build(&source(user), &[]).bytes());
    (place.path("user.so"), provider)
}

#[test]
fn an_extension_depends_on_those_of_the_guest_that_it_uses_wherever_it_is_named() {
    let mut place = Place::new();
    let (user, _) = with_a_user_of_another(&mut place);
    let path = place.path("runtime/ext/provider.so").canonicalize().unwrap();
    let shown = user.to_str().unwrap();
    for named in [["bare", shown, "provider"], ["bare", "provider", shown]] {
        let prepared = preflight(&options(&[extensions(&named)]), &place.env()).unwrap();
        let found = prepared
            .extensions
            .iter()
            .find(|found| found.original.ends_with("user.so"));
        let needed = needed(&found.unwrap().path);
        assert!(needed.contains(&path.display().to_string()), "{needed:?}");
    }
    let named = [
        extensions(&["bare", shown]),
        ("ini_file", place.path("php.ini").to_str().unwrap().into()),
    ];
    place.put("php.ini", format!("extension={shown}\nextension=provider\n").as_bytes());
    let prepared = preflight(&options(&named[1..]), &place.env()).unwrap();
    let ready = ExtensionRules::of(&prepared).ready();
    let found = ready.iter().find(|found| found.original.ends_with("user.so"));
    assert!(needed(&found.unwrap().path).contains(&path.display().to_string()));
    // One that is not there cannot be used.
    let prepared = preflight(&options(&named[..1]), &place.env()).unwrap();
    assert!(!needed(&prepared.extensions[0].path).contains(&path.display().to_string()));
}

#[test]
fn an_extension_that_names_another_one_beside_it_has_it_checked_and_copied_with_it() {
    let mut place = Place::new();
    let (user, provider) = with_a_user_of_another(&mut place);
    let request = RelinkRequest {
        file: user,
        output: Some(place.path("runtime/ext/user.so")),
        runpath: None,
        check: false,
    };
    relink(&options(&[]), &place.env(), &request).unwrap();
    let path = place.path("runtime/ext/user.so");
    testing::mode(&path, 0o644);
    assert!(
        needed(&path).contains(&"$ORIGIN/provider.so".to_owned()),
        "{:?}",
        needed(&path)
    );
    place.manifest["extensions"]["user.so"] = json!(sha256(&fs::read(&path).unwrap()));
    place.write();
    let wanted = [extensions(&["bare", "user"])];
    let prepared = preflight(&options(&wanted), &place.env()).unwrap();
    assert_eq!(prepared.extensions.len(), 1, "nobody has named the other one");
    assert!(!prepared.extensions[0].relinked);
    // Beside a libphp of others both are copies, and the one needs the copy of the other.
    let library = testing::engine("libphp-of-others.so", "");
    place.put("libphp-of-others.so", &library.bytes());
    let library = place.path("libphp-of-others.so").to_str().unwrap().to_owned();
    let foreign = [wanted[0].clone(), ("library", library.as_str().into())];
    let prepared = preflight(&options(&foreign), &place.env()).unwrap();
    let needed = needed(&prepared.extensions[0].path);
    assert!(
        needed.iter().any(|name| name.starts_with("/proc/self/fd/")),
        "{needed:?}"
    );
    assert!(!needed.iter().any(|name| name.contains("$ORIGIN")), "{needed:?}");
    place.put("runtime/ext/provider.so", &[provider.as_slice(), b"more"].concat());
    assert!(place.refusal(&wanted).contains("was changed"));
}

#[test]
fn two_extensions_may_depend_on_each_other() {
    let mut place = Place::new();
    let source = |more: &str| testing::extension_source("API20220829,TS") + more;
    let bytes = |name: &str, more: &str| {
        let change = elf::Relink::to_libphp(SONAME, None).with_needed([format!("$ORIGIN/{name}")]);
        elf::relink(&Fixture::build(&source(more), &[]).bytes(), &change).unwrap()
    };
    for (name, other) in [("one.so", "two.so"), ("two.so", "one.so")] {
        let file = bytes(other, "");
        place.put(&format!("runtime/ext/{name}"), &file);
        place.manifest["extensions"][name] = json!(sha256(&file));
    }
    place.write();
    let prepared = preflight(&options(&[extensions(&["bare", "one", "two"])]), &place.env()).unwrap();
    assert_eq!(prepared.extensions.len(), 2);
}

#[test]
fn a_php_ini_that_names_an_extension_of_the_host_loads_it() {
    let mut place = Place::new();
    let bytes = fs::read(place.path("runtime/ext/good.so")).unwrap();
    place.manifest["extensions"] = json!({"good.so": sha256(&bytes)});
    place.write();
    place.put("php.ini", b"extension=good\n");
    let env = HostEnv {
        modules: vec!["good".into()],
        ..place.env()
    };
    let ini = |file: &str| ("ini_file", OptionValue::from(place.path(file).to_str().unwrap()));
    let prepared = preflight(&options(&[ini("php.ini")]), &env).unwrap();
    assert_eq!((prepared.extensions, prepared.lacking), (vec![], vec![]));
    let prepared = preflight(&options(&[]), &env).unwrap();
    assert_eq!(prepared.extensions.len(), 1);
}

#[test]
fn notices_changes_also_with_a_cache() {
    let place = Place::new();
    for env in [place.env(), place.with_cache()] {
        assert!(preflight(&options(&[]), &env).is_ok() && preflight(&options(&[]), &env).is_ok());
        let library = place.path("runtime/libphp.so");
        let sound = fs::read(&library).unwrap();
        let mut changed = sound.clone();
        *changed.last_mut().unwrap() ^= 1;
        place.put("runtime/libphp.so", &changed);
        let text = preflight(&options(&[]), &env).unwrap_err().to_string();
        assert!(text.contains("was changed: its SHA-256 is"), "{text}");
        place.put("runtime/libphp.so", &sound);
        assert!(preflight(&options(&[]), &env).is_ok());
    }
}

#[test]
fn refuses_files_that_others_can_change() {
    let place = Place::new();
    for name in [
        "runtime/libphp.so",
        "runtime/ffi_zts_guest.so",
        "runtime/runtime.json",
        "runtime",
    ] {
        let (path, sound) = (place.path(name), if name == "runtime" { 0o755 } else { 0o644 });
        testing::mode(&path, sound | 0o022);
        let text = place.refusal(&[]);
        assert!(text.contains("is not trusted") && text.contains("chmod go-w"), "{text}");
        testing::mode(&path, sound);
    }
    assert!(preflight(&options(&[]), &place.env()).is_ok());
}

#[test]
fn refuses_a_broken_manifest() {
    let mut place = Place::new();
    place.put("runtime/runtime.json", b"{");
    assert!(place.refusal(&[]).contains("runtime.json"));
    place.manifest["guest"] = Value::Null;
    place.write();
    assert!(place.refusal(&[]).contains("the guest half is missing"));
    place.manifest["arch"] = json!("s390x");
    place.write();
    assert!(place.refusal(&[]).contains("arch is s390x"));
}

#[test]
fn refuses_a_replaced_allocator() {
    let place = Place::new();
    let env = place.env();
    let mut context = Context::new(&env);
    context
        .maps
        .push_str("1-2 r-xp 00000000 fe:00 9 /usr/lib/libjemalloc.so.2\n");
    let text = prepare(&options(&[]), &mut context).unwrap_err().to_string();
    assert!(
        text.contains("libjemalloc.so.2") && text.contains("LD_PRELOAD"),
        "{text}"
    );
}

#[test]
fn the_doctor_goes_on_after_a_finding() {
    let place = Place::new();
    place.put("runtime/ext/bad.so", b"text");
    let findings = doctor_findings(&options(&[extensions(&["bad", "good"])]), &place.env());
    let told: Vec<(&str, bool)> = findings
        .iter()
        .map(|finding| (finding.check.as_str(), finding.ok))
        .collect();
    let expected = [
        ("allocator", true),
        ("cache", true),
        ("runtime", true),
        ("libphp", true),
        ("guest half", true),
    ];
    assert_eq!(told[..5], expected);
    let own = [
        ("extension bad", false),
        ("extension good", true),
        ("extensions of the host", true),
    ];
    assert_eq!(told[5..], own);
    assert!(findings.iter().all(|finding| finding.ok == finding.remedy.is_empty()));
}
