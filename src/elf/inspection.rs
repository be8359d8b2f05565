//! What a shared object is, told without running any of it.

use std::collections::HashSet;

use object::LittleEndian;
use object::elf;
use object::read::elf::Sym;

use super::build_id::{BuildId, positions};
use super::error::Error;
use super::image::Image;
use super::module_entry::{self, Module};

/// A processor that a file may be built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// `x86_64`.
    X86_64,
    /// `aarch64`.
    Aarch64,
}

impl Machine {
    /// The processor that this code was built for, where it is one of ours.
    #[must_use]
    pub fn native() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// Its name, as `uname -m` prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }
}

/// The facts about one shared object.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The processor.
    pub machine: Machine,
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// `DT_NEEDED`, in order.
    pub needed: Vec<String>,
    /// `DT_RUNPATH`, or else `DT_RPATH`.
    pub runpath: Option<String>,
    /// The build ids found in the file's data, sorted, without repetition.
    pub build_ids: Vec<BuildId>,
    /// The module entry, where the file holds one (and one only).
    pub module: Option<Module>,
    /// The PHP version of an engine, e.g. `8.4.11`.
    pub php_version: Option<String>,
    exports: HashSet<Box<[u8]>>,
    imports: HashSet<Box<[u8]>>,
    readline_hooks: bool,
    sqlite_inside: bool,
}

/// A message of `SQLite`'s core; its own, unlike the file format's magic number, which ext/fileinfo knows as well.
const SQLITE: &[u8] = b"unable to open a temporary database file for storing temporary tables";

/// Reads what a shared object is.
///
/// # Errors
/// [`Error`] when the file is not a 64-bit little-endian shared object for `x86_64` or `aarch64`, is truncated, or
/// contradicts itself. Never panics, whatever the bytes are.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, Error> {
    let image = Image::parse(bytes)?;
    let (exports, imports) = names(&image)?;
    let contains = |text: &[u8]| image.constants().any(|part| positions(part, text).next().is_some());
    let runpath = image.texts(elf::DT_RUNPATH)?.into_iter().next();
    let is_engine = exports.contains(&b"php_module_startup"[..]);
    Ok(Inspection {
        machine: if image.machine == elf::EM_AARCH64 {
            Machine::Aarch64
        } else {
            Machine::X86_64
        },
        soname: image.texts(elf::DT_SONAME)?.into_iter().next(),
        needed: image.texts(elf::DT_NEEDED)?,
        runpath: if runpath.is_some() {
            runpath
        } else {
            image.texts(elf::DT_RPATH)?.into_iter().next()
        },
        build_ids: BuildId::find_all(image.constants()),
        module: if is_engine { None } else { module_entry::find(&image) },
        php_version: if is_engine { php_version(&image) } else { None },
        readline_hooks: is_engine && contains(b"php_cli_get_shell_callbacks\0"),
        sqlite_inside: is_engine && contains(SQLITE),
        exports,
        imports,
    })
}

impl Inspection {
    /// Does it export this dynamic symbol?
    #[must_use]
    pub fn exports(&self, name: &str) -> bool {
        self.exports.contains(name.as_bytes())
    }

    /// Does it want this dynamic symbol from elsewhere?
    #[must_use]
    pub fn imports(&self, name: &str) -> bool {
        self.imports.contains(name.as_bytes())
    }

    /// Does it want something that the other has?
    #[must_use]
    pub fn uses(&self, other: &Self) -> bool {
        self.imports.iter().any(|name| other.exports.contains(name))
    }

    /// Is it a PHP engine, as `libphp.so` is?
    #[must_use]
    pub fn is_engine(&self) -> bool {
        [
            "php_module_startup",
            "sapi_startup",
            "php_request_startup",
            "zend_eval_string",
        ]
        .iter()
        .all(|name| self.exports(name))
    }

    /// Is it a PHP extension, of whichever kind?
    #[must_use]
    pub fn is_extension(&self) -> bool {
        self.exports("get_module") || self.exports("_get_module") || self.is_zend_extension()
    }

    /// Is it to be loaded with `zend_extension=`?
    #[must_use]
    pub fn is_zend_extension(&self) -> bool {
        self.exports("zend_extension_entry") || self.exports("_zend_extension_entry")
    }

    /// Thread-safe, not thread-safe, or not to be told.
    #[must_use]
    pub fn thread_safe(&self) -> Option<bool> {
        if self.is_engine() {
            return Some(self.exports("tsrm_startup") || self.exports("tsrm_get_ls_cache"));
        }
        if let Some(module) = &self.module {
            return Some(module.build.zts);
        }
        let mut flags = self.build_ids.iter().map(|id| id.zts);
        let first = flags.next()?;
        flags.all(|flag| flag == first).then_some(first)
    }

    /// A debug build, a release build, or not to be told.
    #[must_use]
    pub fn debug(&self) -> Option<bool> {
        if let Some(module) = &self.module {
            return Some(module.build.debug);
        }
        let mut flags = self.build_ids.iter().map(|id| id.debug);
        let first = flags.next()?;
        flags.all(|flag| flag == first).then_some(first)
    }

    /// `ZEND_MODULE_API_NO`: the module entry's, or else the one that is found.
    #[must_use]
    pub fn module_api(&self) -> Option<u32> {
        match &self.module {
            Some(module) => Some(module.build.api),
            None => self.only_api(false),
        }
    }

    /// `ZEND_EXTENSION_API_NO`, where exactly one is found.
    #[must_use]
    pub fn zend_extension_api(&self) -> Option<u32> {
        self.only_api(true)
    }

    /// Was the engine built with `ZEND_SIGNALS`? Such an engine takes over the process's signal handlers.
    #[must_use]
    pub fn has_zend_signals(&self) -> bool {
        self.exports("zend_signal_globals_offset") || self.exports("zend_signal_globals")
    }

    /// Does the engine contain readline? It would take over the shell callbacks of the host's CLI.
    #[must_use]
    pub fn has_readline(&self) -> bool {
        self.readline_hooks
            || self
                .needed
                .iter()
                .any(|name| name.starts_with("libreadline.") || name.starts_with("libedit."))
    }

    /// Does the engine carry a copy of `SQLite` of its own? Beside the system's, a database that both open gets corrupted.
    #[must_use]
    pub fn has_sqlite_inside(&self) -> bool {
        self.sqlite_inside
    }

    /// Has the other file the same dynamic symbols?
    pub(super) fn same_symbols(&self, other: &Self) -> bool {
        self.exports == other.exports && self.imports == other.imports
    }

    fn only_api(&self, zend_extension: bool) -> Option<u32> {
        let mut found = self
            .build_ids
            .iter()
            .filter(|id| id.is_zend_extension() == zend_extension)
            .map(|id| id.api);
        let first = found.next()?;
        found.all(|api| api == first).then_some(first)
    }
}

type Names = HashSet<Box<[u8]>>;

/// Names of the defined and of the undefined dynamic symbols.
fn names(image: &Image<'_>) -> Result<(Names, Names), Error> {
    let (mut exports, mut imports) = (Names::new(), Names::new());
    for symbol in image.symbols()?.iter().skip(1) {
        let name = image.string(u64::from(symbol.st_name(LittleEndian)))?;
        let hidden = matches!(symbol.st_visibility(), elf::STV_HIDDEN | elf::STV_INTERNAL);
        if name.is_empty() || hidden || symbol.st_bind() == elf::STB_LOCAL {
            continue;
        }
        let set = if symbol.st_shndx(LittleEndian) == elf::SHN_UNDEF {
            &mut imports
        } else {
            &mut exports
        };
        set.insert(name.into());
    }
    Ok((exports, imports))
}

/// From the header that the engine sends (`SAPI_PHP_VERSION_HEADER` in php-src `main/SAPI.h`).
fn php_version(image: &Image<'_>) -> Option<String> {
    const HEADER: &[u8] = b"X-Powered-By: PHP/";
    image.constants().find_map(|part| {
        let text = &part[positions(part, HEADER).next()? + HEADER.len()..];
        let end = text.iter().take(64).position(|byte| *byte == 0)?;
        let version = std::str::from_utf8(&text[..end]).ok()?;
        version
            .starts_with(|c: char| c.is_ascii_digit())
            .then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Fixture};
    use super::super::{ErrorKind, inspect};
    use super::*;

    #[test]
    fn tells_an_extension() {
        let facts = inspect(&testing::extension("API20220829,TS").bytes()).unwrap();
        assert!(facts.is_extension() && !facts.is_zend_extension() && !facts.is_engine());
        assert_eq!(
            (facts.thread_safe(), facts.debug(), facts.module_api()),
            (Some(true), Some(false), Some(20_220_829))
        );
        assert!(facts.imports("zend_parse_parameters") && !facts.exports("zend_parse_parameters"));
        assert_eq!(Some(facts.machine), Machine::native());
    }

    #[test]
    fn tells_builds_apart() {
        let nts = inspect(&testing::extension("API20220829,NTS").bytes()).unwrap();
        assert_eq!(nts.thread_safe(), Some(false));
        let debug = inspect(&testing::extension("API20220829,TS,debug").bytes()).unwrap();
        assert_eq!(debug.debug(), Some(true));
        let unknown = inspect(&testing::extension("nothing").bytes()).unwrap();
        assert_eq!(
            (unknown.thread_safe(), unknown.debug(), unknown.module_api()),
            (None, None, None)
        );
    }

    #[test]
    fn tells_an_engine() {
        let facts = inspect(&testing::engine("libphp-a.so", "").bytes()).unwrap();
        assert!(facts.is_engine() && !facts.is_extension() && !facts.has_zend_signals() && !facts.has_readline());
        assert_eq!(facts.thread_safe(), Some(true));
        assert_eq!(facts.soname.as_deref(), Some("libphp-a.so"));
        assert_eq!(facts.php_version.as_deref(), Some("8.2.99"));
        let extra = "int zend_signal_globals_offset; const char *hook = \"php_cli_get_shell_callbacks\";";
        let facts = inspect(&testing::engine("libphp-a.so", extra).bytes()).unwrap();
        assert!(facts.has_zend_signals() && facts.has_readline());
    }

    #[test]
    fn reads_names_and_paths() {
        let fixture = Fixture::build(
            "int answer(void){return 42;}",
            &["-Wl,-soname,x.so.1", "-Wl,-rpath,/opt/y", "-Wl,--enable-new-dtags"],
        );
        let facts = inspect(&fixture.bytes()).unwrap();
        assert_eq!(
            (facts.soname.as_deref(), facts.runpath.as_deref()),
            (Some("x.so.1"), Some("/opt/y"))
        );
        assert!(facts.exports("answer") && !facts.exports("nothing"));
        let fixture = Fixture::build("int answer(void){return 42;}", &["-Wl,--no-as-needed", "-lm"]);
        assert_eq!(inspect(&fixture.bytes()).unwrap().needed[0], "libm.so.6");
    }

    #[test]
    fn refuses_by_kind() {
        let good = testing::extension("API20220829,TS").bytes();
        let kind = |at: usize, value: u8| {
            let mut bytes = good.clone();
            bytes[at] = value;
            inspect(&bytes).unwrap_err().kind()
        };
        assert_eq!(inspect(b"#!/bin/sh\n").unwrap_err().kind(), ErrorKind::NotElf);
        assert_eq!(inspect(b"").unwrap_err().kind(), ErrorKind::NotElf);
        assert_eq!(kind(4, 1), ErrorKind::Class);
        assert_eq!(kind(5, 2), ErrorKind::ByteOrder);
        assert_eq!(kind(16, 1), ErrorKind::NotShared);
        assert_eq!(kind(18, 3), ErrorKind::Machine);
        assert_eq!(inspect(&good[..100]).unwrap_err().kind(), ErrorKind::Malformed);
        let executable = Fixture::build_executable("int main(void){return 0;}");
        assert_eq!(inspect(&executable.bytes()).unwrap_err().kind(), ErrorKind::NotShared);
    }

    #[test]
    fn survives_truncation_and_flipped_bits() {
        let good = testing::extension("API20220829,TS").bytes();
        for length in 0..good.len() {
            let _ = inspect(&good[..length]);
        }
        for bytes in testing::flipped(&good, 4_000) {
            let _ = inspect(&bytes);
        }
    }
}
