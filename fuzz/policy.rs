//! What holds of the policy, whatever options, settings and hosts are. The fuzz target `policy` and `tests/fuzz_seeds.rs` share it.
//!
//! From bytes a host is made, its administrator's settings, and the options of two requests. What the policy lets through must not be
//! looser than host and settings say. How php.ini, lists, sizes and switches are read is written anew here, and strictly.

use std::collections::BTreeMap;
use std::time::Duration;

use ffi_zts::core::options::{OptionValue, Options, Source, ini_lines};
use ffi_zts::core::policy::{
    HostFacts, check_guest, check_job, check_settings, check_trust, guest_ini, job_ini, job_settings,
};

/// How far the options of an input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// They are no options.
    Unreadable,
    /// The policy refuses them.
    Refused,
    /// A guest was booted with them, on paper.
    Booted,
}

/// Names that a script may set in the host.
const SETTABLE: [&str; 6] = [
    "precision",
    "user_agent",
    "error_log",
    "sendmail_path",
    "session.save_path",
    "docref_root",
];

/// What no script may choose where it is not trusted, whether the host lets it set it or not.
const NEVER: [&str; 10] = [
    "extension_dir",
    "opcache.preload",
    "opcache.file_cache",
    "sendmail_path",
    "error_log",
    "browscap",
    "ffi.preload",
    "sys_temp_dir",
    "session.save_path",
    "openssl.cafile",
];

const KEYS: [&str; 22] = [
    "memory_limit",
    "open_basedir",
    "disable_functions",
    "disable_classes",
    "allow_url_fopen",
    "allow_url_include",
    "ffi.enable",
    "enable_dl",
    "precision",
    "user_agent",
    "docref_root",
    "auto_prepend_file",
    "opcache.enable",
    "realpath_cache_size",
    "extension_dir",
    "opcache.preload",
    "sendmail_path",
    "error_log",
    "Memory_Limit",
    "zend_extension",
    "a\nopen_basedir",
    "session.save_path",
];

const PARTS: [&str; 58] = [
    "'",
    "\"",
    "\n",
    "\r",
    ";",
    "#",
    "=",
    "\\",
    "${open_basedir}",
    "${",
    "}",
    "[PATH=/]",
    "[HOST=x]",
    "[",
    "]",
    "open_basedir=\n",
    "\nmemory_limit=-1\n",
    "E_ALL",
    "null",
    "on",
    "off",
    "yes",
    "no",
    "true",
    "|",
    "~",
    "!",
    "(",
    ")",
    " ",
    "\t",
    "\0",
    "1",
    "0",
    "-1",
    "128M",
    "64M",
    "32M",
    "16M",
    "0x2000000",
    "0b11",
    "017",
    "k",
    "preload",
    "exec",
    "EXEC",
    "mail",
    "system",
    ",",
    "PDO",
    "pdo",
    "/srv",
    "/srv/a",
    "/tmp",
    ":",
    "/",
    ".",
    "\u{e9}",
];

/// Panics unless what gets past the policy is as restricted as it must be.
pub fn hold(bytes: &[u8]) -> Passed {
    let mut input = Input(bytes);
    let host = input.host();
    let admin = input.settings();
    let lookup = |name: &str| admin.lookup(name);
    let set = Options::parse::<&str>(&[], &lookup).unwrap_or_default();
    let Ok(options) = Options::parse(&input.options(), &lookup) else {
        return Passed::Unreadable;
    };
    let may_set = |key: &str| SETTABLE.contains(&key);
    let check = |options: &Options, host: &HostFacts| {
        check_trust(options, host, may_set)
            .and_then(|()| check_settings(options, &set, host, may_set))
            .and_then(|()| guest_ini(host, options).map(drop))
    };
    if check(&options, &host).is_err() {
        return Passed::Refused;
    }
    let world = World {
        host: &host,
        admin: &admin,
        set: &set,
    };
    world.trust(&options);
    let booted = if host.is_cli {
        options.clone()
    } else {
        options.of_process(&set)
    };
    let Ok(enforced) = check_guest(&host, 80_400).and_then(|()| guest_ini(&host, &booted)) else {
        return Passed::Refused;
    };
    let Ok(text) = booted.ini_text(&enforced, &[]) else {
        return Passed::Unreadable;
    };
    let started = read_ini(text.as_bytes()).unwrap_or_else(|why| panic!("{why}: {text:?}"));
    for entry in booted
        .ini
        .iter()
        .filter(|entry| !enforced.iter().any(|(key, _)| *key == entry.key))
    {
        assert_eq!(
            started.get(&entry.key),
            Some(&entry.value),
            "{} was not read back",
            entry.key
        );
    }
    for (key, value) in &enforced {
        assert_eq!(started.get(key), Some(value), "the host's {key} was not read back");
    }
    world.whole_process(&started, &booted);
    if host.is_cli {
        world.job(&started, &host, &booted, &booted);
    } else {
        world.job(&started, &host, &booted, &options);
    }

    // The host changes, and so do the options of the next request.
    let later = input.later(&host);
    if host.is_cli {
        world.job(&started, &later, &booted, &booted);
    } else if let Ok(next) = Options::parse(&input.options(), &lookup)
        && next.process_differences(&booted).is_empty()
        && check(&next, &later).is_ok()
    {
        world.trust(&next);
        world.job(&started, &later, &booted, &next);
    }
    Passed::Booted
}

/// Any value is read back as it was, but for a NUL, which ends the text.
pub fn quoted(value: &[u8]) {
    if let Ok(value) = std::str::from_utf8(value)
        && !value.contains('\0')
    {
        let text = ini_lines(&[(b"first".to_vec(), value.into()), (b"second".to_vec(), b"1".to_vec())]);
        let found = read_ini(&text).unwrap_or_else(|why| panic!("{why}: {value:?}"));
        assert_eq!(
            (found.get("first").map(String::as_str), found["second"].as_str()),
            (Some(value), "1")
        );
    }
}

/// A host and its administrator, at the boot.
struct World<'w> {
    host: &'w HostFacts,
    admin: &'w Settings,
    set: &'w Options,
}

impl World<'_> {
    /// What scripts chose that they may not.
    fn trust(&self, options: &Options) {
        if is_free(self.host) || self.host.allow_runtime_options {
            return;
        }
        for name in [
            "library",
            "libdir",
            "runtime",
            "ini_file",
            "extensions",
            "extension_dir",
        ] {
            assert_ne!(options.source(name), Source::Runtime, "a script chose {name}");
        }
        for entry in options.ini.iter().filter(|entry| entry.source == Source::Runtime) {
            assert!(!NEVER.contains(&&*entry.key), "a script chose {}", entry.key);
        }
        let name = options.sapi_name.to_ascii_lowercase();
        let is_command_line = ["cli", "cgi", "embed", "phpdbg"]
            .iter()
            .any(|start| name.starts_with(start));
        assert!(
            self.host.is_cli || options.source("sapi_name") != Source::Runtime || !is_command_line,
            "a script called its guest {name}"
        );
        let number = |name: &str| self.admin.numbers.get(name).copied();
        assert!(
            number("threads").is_none_or(|most| options.threads as u64 <= most),
            "threads"
        );
        assert!(
            number("max_nesting").is_none_or(|most| u64::from(options.max_nesting) <= most),
            "max_nesting"
        );
        assert!(
            number("stop_timeout").is_none_or(|most| options.stop_timeout <= Duration::from_secs(most)),
            "stop_timeout"
        );
        if self.set.source("bootstrap") == Source::PhpIni {
            assert_eq!(
                options.bootstrap, self.set.bootstrap,
                "the administrator's bootstrap file"
            );
        }
        assert!(
            options.prepend.starts_with(&self.set.prepend),
            "the administrator's files to prepend"
        );
    }

    /// What is the whole guest's: it must be from the start.
    fn whole_process(&self, started: &BTreeMap<String, String>, booted: &Options) {
        let value = |key: &str| started.get(key).map_or("", String::as_str);
        Self::names(
            "disable_functions",
            &self.host.disable_functions,
            value("disable_functions"),
            false,
        );
        Self::names(
            "disable_classes",
            &self.host.disable_classes,
            value("disable_classes"),
            true,
        );
        if !is_free(self.host) && !self.host.allow_runtime_options {
            for (key, any_case) in [("disable_functions", false), ("disable_classes", true)] {
                Self::names(
                    key,
                    self.admin.ini.get(key).map_or("", String::as_str),
                    value(key),
                    any_case,
                );
            }
        }
        if is_free(self.host) {
            self.unasked(started, booted);
            return;
        }
        assert!(!is_on(value("enable_dl")), "dl() where the host is confined");
        let (own, guest) = (ffi(self.host), rank(value("ffi.enable")));
        assert!(guest <= own, "FFI {guest} where the host has {own}");
        assert!(
            guest != 1 || booted.sapi_name != "cli" || self.host.is_cli,
            "FFI in all scripts of a guest that is called cli"
        );
    }

    /// What nobody has loosened by options is the host's on an unconfined command line, too.
    fn unasked(&self, started: &BTreeMap<String, String>, booted: &Options) {
        let host = self.host;
        let switches = [
            ("enable_dl", host.enable_dl),
            ("allow_url_fopen", host.allow_url_fopen),
            ("allow_url_include", host.allow_url_include),
            ("ffi.enable", ffi(host) == 2),
        ];
        let is_asked = |key: &str| booted.ini_file.is_some() || booted.ini_entry(key).is_some();
        for (key, allowed) in switches.into_iter().filter(|(key, _)| !is_asked(key)) {
            let value = started.get(key);
            assert!(
                value.is_some_and(|value| allowed || !is_on(value)),
                "{key} is {value:?}, the host has {allowed}"
            );
        }
        assert!(
            is_asked("memory_limit") || started.get("memory_limit") == Some(&host.memory_limit),
            "memory_limit"
        );
    }

    /// One job, with a host that is as it is `now`.
    fn job(&self, started: &BTreeMap<String, String>, now: &HostFacts, booted: &Options, own: &Options) {
        let own = if std::ptr::eq(booted, own) { booted } else { own };
        if check_job(now, self.host, booted).is_err() {
            return;
        }
        let Ok(entries) = job_ini(now, self.host, booted, own) else {
            return;
        };
        let settings = job_settings(booted, own);
        let mut all = started.clone();
        for (key, _) in &settings {
            let restricts = [
                "disable_functions",
                "disable_classes",
                "ffi.enable",
                "enable_dl",
                "open_basedir",
                "memory_limit",
            ];
            assert!(
                !restricts.contains(&&**key),
                "{key} is set as one that restricts nothing"
            );
        }
        all.extend(settings);
        let fixed: Vec<_> = entries.iter().map(|(key, _)| key.clone()).collect();
        all.extend(entries);
        let value = |key: &str| all.get(key).map_or("", String::as_str);

        Self::names(
            "disable_functions",
            &now.disable_functions,
            value("disable_functions"),
            false,
        );
        Self::names("disable_classes", &now.disable_classes, value("disable_classes"), true);
        directories("the host", &now.open_basedir, value("open_basedir"));
        // Who was trusted at the boot may have undone what the administrator has set.
        let trusted = is_free(now) || is_free(self.host) || now.allow_runtime_options;
        if !trusted && let Some(set) = self.admin.ini.get("open_basedir") {
            directories("the administrator", set, value("open_basedir"));
        }
        if is_free(now) {
            return;
        }
        memory("the host", &now.memory_limit, value("memory_limit"));
        if !trusted && let Some(set) = self.admin.ini.get("memory_limit") {
            memory("the administrator", set, value("memory_limit"));
        }
        assert!(
            !now.memory_is_fixed || fixed.iter().any(|key| key == "memory_limit"),
            "a fixed memory_limit is not"
        );
        for (key, host) in [
            ("allow_url_fopen", now.allow_url_fopen),
            ("allow_url_include", now.allow_url_include),
        ] {
            assert!(host || !is_on(value(key)), "{key} where the host has none");
            if !trusted && let Some(set) = self.admin.ini.get(key) {
                assert!(
                    is_on(set) || !is_on(value(key)),
                    "{key} where the administrator has none"
                );
            }
        }
    }

    fn names(key: &str, of: &str, guest: &str, any_case: bool) {
        let plain = |text: &str| {
            if any_case {
                text.to_ascii_lowercase()
            } else {
                text.to_owned()
            }
        };
        let list: Vec<String> = guest.split([' ', ',']).map(plain).collect();
        for name in of
            .split([' ', ','])
            .filter(|name| !name.is_empty() && !name.contains(['\t', '\n', '\r']))
        {
            assert!(list.contains(&plain(name)), "{key}: {name} is missing in {guest:?}");
        }
    }
}

/// A command line that nothing confines.
fn is_free(host: &HostFacts) -> bool {
    host.is_cli
        && host.open_basedir.is_empty()
        && host.disable_functions.trim().is_empty()
        && host.disable_classes.trim().is_empty()
}

fn directories(whose: &str, of: &str, guest: &str) {
    if of.is_empty() {
        return;
    }
    assert!(!guest.is_empty(), "no open_basedir where {whose} has {of:?}");
    let plain = |path: &str| {
        if path.trim_end_matches('/').is_empty() {
            "/".to_owned()
        } else {
            path.trim_end_matches('/').to_owned()
        }
    };
    let all: Vec<String> = of.split(':').filter(|path| !path.is_empty()).map(plain).collect();
    for path in guest.split(':').filter(|path| !path.is_empty()) {
        assert!(
            all.contains(&plain(path)),
            "open_basedir {path:?} where {whose} has {of:?}"
        );
    }
}

fn memory(whose: &str, of: &str, guest: &str) {
    if of == guest {
        return;
    }
    let most = size(of).unwrap_or(0);
    // PHP sets none below 2M, and then has its default.
    let bytes = size(guest).filter(|bytes| *bytes >= 2 << 20).unwrap_or(u64::MAX);
    assert!(bytes <= most, "memory_limit {guest:?} where {whose} has {of:?}");
}

/// `[+]digits[ ][KMG]`, in the bases that PHP knows; `None` for everything that it would warn of.
fn size(text: &str) -> Option<u64> {
    let text = text.trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    if text == "-1" {
        return Some(u64::MAX);
    }
    let text = text.strip_prefix('+').unwrap_or(text).to_ascii_lowercase();
    let (digits, factor) = match text.strip_suffix(['k', 'm', 'g']) {
        Some(digits) => (
            digits,
            match text.as_bytes()[digits.len()] {
                b'k' => 1_u64 << 10,
                b'm' => 1 << 20,
                _ => 1 << 30,
            },
        ),
        None => (&*text, 1),
    };
    let digits = digits.trim_end_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']);
    let (digits, base) = match digits.get(..2) {
        Some("0x") => (&digits[2..], 16),
        Some("0o") => (&digits[2..], 8),
        Some("0b") => (&digits[2..], 2),
        Some(two) if two.starts_with('0') => (&digits[1..], 8),
        _ => (digits, 10),
    };
    let mut bytes = 0_u64;
    for digit in digits.chars() {
        bytes = bytes
            .checked_mul(base)?
            .checked_add(u64::from(digit.to_digit(u32::try_from(base).ok()?)?))?;
    }
    bytes.checked_mul(factor).filter(|_| !digits.is_empty())
}

/// `true`, `yes`, `on`, or a number that is not 0: `atoi()`.
fn is_on(text: &str) -> bool {
    let blanks = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];
    let word = text.trim_matches(blanks).to_ascii_lowercase();
    let digits = word.strip_prefix(['-', '+']).unwrap_or(&word);
    ["true", "yes", "on"].contains(&&*word)
        || digits
            .chars()
            .take_while(char::is_ascii_digit)
            .any(|digit| digit != '0')
}

/// 0 no FFI, 1 in preloaded files, 2 everywhere.
fn rank(text: &str) -> u8 {
    if text.trim().eq_ignore_ascii_case("preload") {
        1
    } else {
        u8::from(is_on(text)) * 2
    }
}

fn ffi(host: &HostFacts) -> u8 {
    match rank(&host.ffi_enable) {
        _ if !host.ffi_loaded => 0,
        1 if host.is_cli => 2,
        rank => rank,
    }
}

/// The entries of a php.ini text, the last of a name. Only `name=value` lines are known whose value is made of quoted parts, and in whose
/// parts nothing is interpreted (php-src `Zend/zend_ini_scanner.l`): everything else is an error.
fn read_ini(text: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    let mut found = BTreeMap::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|byte| *byte == b'=')
            .ok_or("a line without a value")?;
        let name = std::str::from_utf8(&rest[..end]).map_err(|_| "a name that is no text")?;
        let is_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') || !name.bytes().all(is_label) {
            return Err("a name that is none: a section, a comment, an array");
        }
        if ["true", "on", "yes", "false", "off", "no", "none", "null"].contains(&&*name.to_ascii_lowercase()) {
            return Err("a name that is a word of the scanner");
        }
        let mut value = Vec::new();
        rest = &rest[end + 1..];
        while let Some(quote @ (b'\'' | b'"')) = rest.first().copied() {
            let end = rest[1..]
                .iter()
                .position(|byte| *byte == quote)
                .ok_or("a quote that is not closed")?;
            let part = &rest[1..=end];
            if part.contains(&0) {
                return Err("a NUL, which ends the text");
            }
            // Between double quotes backslashes, $ and newlines mean something.
            if quote == b'"' && part.iter().any(|byte| matches!(byte, b'\\' | b'$' | b'\n' | b'\r')) {
                return Err("something between double quotes that is interpreted");
            }
            value.extend_from_slice(part);
            rest = &rest[end + 2..];
        }
        rest = rest.strip_prefix(b"\n").ok_or("something that is not quoted")?;
        let value = String::from_utf8(value).map_err(|_| "a value that is no text")?;
        found.insert(name.to_owned(), value);
    }
    Ok(found)
}

/// What an administrator has set by `ffi_zts.*`.
#[derive(Debug, Default)]
struct Settings {
    /// The entries of `ffi_zts.ini`; the last of a name.
    ini: BTreeMap<String, String>,
    /// The same as it is written.
    text: String,
    numbers: BTreeMap<&'static str, u64>,
    bootstrap: bool,
    prepend: bool,
}

impl Settings {
    fn lookup(&self, name: &str) -> Option<String> {
        match name {
            "ini" => Some(self.text.clone()),
            "bootstrap" => self.bootstrap.then(|| "/set/boot.php".to_owned()),
            "prepend" => self.prepend.then(|| "/set/first.php, /set/second.php".to_owned()),
            _ => self.numbers.get(name).map(u64::to_string),
        }
    }
}

/// Bytes as decisions; at their end all are 0.
struct Input<'b>(&'b [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn below(&mut self, most: usize) -> usize {
        usize::from(self.byte()) % most
    }

    fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    fn pick<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }

    fn text(&mut self) -> String {
        (0..self.below(5)).map(|_| self.pick(&PARTS)).collect()
    }

    fn list(&mut self) -> String {
        let names = ["exec", "mail", "EXEC", "system", "link"];
        let mut list = String::new();
        for _ in 0..self.below(4) {
            list += self.pick(&names);
            list += self.pick(&[",", " ", ", ", ""]);
        }
        list
    }

    /// A value that may stand for the setting, mostly.
    fn value(&mut self, key: &str) -> String {
        if self.below(6) == 5 {
            return self.text();
        }
        match key {
            "memory_limit" => self
                .pick(&[
                    "128M",
                    "64M",
                    "32M",
                    "16M",
                    "-1",
                    "1M",
                    "0",
                    "0x2000000",
                    "64MB",
                    " 32 m",
                    "+16M",
                    "0b1000000000000000000000000",
                ])
                .into(),
            "open_basedir" => self
                .pick(&[
                    "/srv",
                    "/tmp",
                    "/srv:/tmp",
                    "/srv/",
                    "",
                    "/",
                    ":",
                    " ",
                    ".",
                    "/srv/a",
                    "/tmp:/srv",
                ])
                .into(),
            "disable_functions" => self.list(),
            "disable_classes" => self
                .pick(&["", "PDO", "pdo", "PDO,SplQueue", "SplQueue Phar", ","])
                .into(),
            "ffi.enable" => self.pick(&["0", "1", "preload", "on", "off", "Preload", ""]).into(),
            _ => self.pick(&["0", "1", "on", "off", "yes", "no", "", "5"]).into(),
        }
    }

    fn host(&mut self) -> HostFacts {
        let sapi = self.pick(&["cli", "fpm-fcgi", "cli", "cli-server"]);
        let mut host = HostFacts {
            sapi: sapi.to_owned(),
            is_cli: sapi == "cli",
            allow_runtime_options: self.below(12) == 11,
            ..HostFacts::default()
        };
        self.restrict(&mut host);
        host.ffi_loaded = self.flag();
        host.enable_dl = self.flag();
        host.ffi_enable = self.value("ffi.enable");
        host
    }

    fn restrict(&mut self, host: &mut HostFacts) {
        host.disable_functions = self.list();
        host.disable_classes = self.value("disable_classes");
        host.open_basedir = self.value("open_basedir");
        host.memory_limit = self.value("memory_limit");
        host.memory_is_fixed = self.below(4) == 3;
        host.allow_url_fopen = self.flag();
        host.allow_url_include = self.flag();
    }

    /// The host at another moment.
    fn later(&mut self, host: &HostFacts) -> HostFacts {
        let mut now = host.clone();
        if self.flag() {
            self.restrict(&mut now);
        }
        if self.flag() {
            now.ffi_enable = self.value("ffi.enable");
        }
        now
    }

    fn settings(&mut self) -> Settings {
        let mut settings = Settings::default();
        for _ in 0..self.below(4) {
            let key = KEYS[self.below(14)];
            let value = self.value(key);
            // The setting has one kind of quotes at a time, and no others.
            let quote = if value.contains('\'') { "\"" } else { "'" };
            if value.contains('"') && value.contains('\'') || value.contains('\0') {
                continue;
            }
            settings.text += &[key, "=", quote, &value, quote, ";"].concat();
            match settings.ini.get(key).filter(|_| key.starts_with("disable_")) {
                Some(earlier) => settings.ini.insert(key.into(), format!("{earlier},{value}")),
                None => settings.ini.insert(key.into(), value),
            };
        }
        if self.below(4) == 3 {
            settings.numbers.insert("threads", 1 + self.below(4) as u64);
            settings.numbers.insert("max_nesting", 128 + self.below(200) as u64);
            settings.numbers.insert("stop_timeout", self.below(4) as u64);
        }
        settings.bootstrap = self.below(4) == 3;
        settings.prepend = self.below(4) == 3;
        settings
    }

    fn options(&mut self) -> Vec<(String, OptionValue)> {
        let mut given = Vec::new();
        let mut entries = Vec::new();
        for _ in 0..self.below(4) {
            let key = if self.below(8) == 7 {
                self.text()
            } else {
                self.pick(&KEYS).to_owned()
            };
            let value = match self.below(8) {
                0 => OptionValue::Bool(self.flag()),
                1 => OptionValue::Int(i64::from(self.byte()) - 1),
                2 => OptionValue::Null,
                _ => OptionValue::Text(self.value(&key).into_bytes()),
            };
            entries.push((key.into_bytes(), value));
        }
        if !entries.is_empty() {
            given.push(("ini".to_owned(), OptionValue::Map(entries)));
        }
        for _ in 0..self.below(3) {
            let one = match self.below(9) {
                0 => ("threads", OptionValue::Int(i64::from(self.byte()) - 2)),
                1 => ("max_nesting", OptionValue::Int(i64::from(self.byte()) + 100)),
                2 => ("stop_timeout", OptionValue::Float(f64::from(self.byte()) / 8.0)),
                3 => ("prepend", OptionValue::List(vec!["/own.php".into()])),
                4 => ("bootstrap", self.pick(&["/set/boot.php", "/own.php"]).into()),
                5 => (
                    "sapi_name",
                    self.pick(&["cli", "own", "cgi-fcgi", "Cli", "phpdbg", "cli-server"])
                        .into(),
                ),
                6 => (
                    self.pick(&["library", "libdir", "runtime", "ini_file", "extension_dir"]),
                    "/x".into(),
                ),
                7 => ("scope", OptionValue::Text(self.text().into_bytes())),
                _ => ("autoload", OptionValue::Bool(self.flag())),
            };
            given.push((one.0.to_owned(), one.1));
        }
        given
    }
}
