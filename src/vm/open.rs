//! Opening libphp and the guest half, for good.

use std::collections::HashSet;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW};
use object::read::elf::{Dyn, ElfFile64, FileHeader};

use super::callbacks;
use super::config::BootConfig;
use super::guest::Guest;
use crate::bridge::abi;
use crate::core::Error;
use crate::core::event::lock;
use crate::core::options::ini_text;

/// Loads with a `libdir` take turns, so that one load's libraries are not found by another half-way.
static LOADING: Mutex<()> = Mutex::new(());

/// What was opened.
pub(super) struct Opened {
    pub(super) guest: Guest,
    /// The lines of the extensions that can be, in php.ini syntax.
    pub(super) extensions: String,
    /// The optional ones that cannot.
    pub(super) refused: Vec<Refused>,
}

/// An extension that could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its file.
    pub file: PathBuf,
    /// The loader's reason, which names the library that is missing.
    pub cause: String,
}

/// Opens both libraries, attaches the guest half, and opens the extensions. Nothing of PHP has been called when this fails.
pub(super) fn open(config: &BootConfig) -> Result<Opened, Error> {
    let deepbind = if config.deepbind { libc::RTLD_DEEPBIND } else { 0 };
    let _turn = lock(&LOADING);
    if let Some(directory) = &config.libdir {
        let mut seen = HashSet::new();
        preload(&config.library, directory, &mut seen)?;
    }
    load("open libphp", &config.library, RTLD_NOW | RTLD_GLOBAL | deepbind)?;
    // DEEPBIND here too: the guest half's Zend symbols must bind to the libphp that it depends on, not to the host.
    let half = load(
        "open the guest half",
        &config.guest_half,
        RTLD_NOW | RTLD_LOCAL | deepbind,
    )?;
    // SAFETY: the symbol, where it exists, is a function of this type: only guest halves export that name, and `attach`
    // checks version and sizes before it calls anything else. The library is never unloaded, so neither is the symbol.
    let guest = unsafe {
        let attach = half.get::<abi::Attach>(abi::ATTACH_SYMBOL);
        let attach = *attach.map_err(|cause| Error::boot("find the guest half's entry", cause))?;
        Guest::attach(attach, callbacks::table(), config.expected)
    }?;
    let (mut lines, mut refused) = (Vec::new(), Vec::new());
    for line in &config.extension_lines {
        // As the guest will, which has only a warning for one that cannot be opened. It stays open, and is found loaded then.
        match open_library(&line.path, RTLD_LAZY | RTLD_GLOBAL | deepbind) {
            Ok(_) => lines.push(line.clone()),
            Err(cause) if line.optional => refused.push(Refused {
                file: line.path.clone(),
                cause: cause.to_string(),
            }),
            Err(cause) => {
                return Err(Error::boot(
                    "open an extension",
                    format!("{}: {cause}", line.path.display()),
                ));
            }
        }
    }
    let extensions = ini_text(&[], &[], &lines)?;
    Ok(Opened {
        guest,
        extensions,
        refused,
    })
}

fn load(step: &'static str, file: &Path, flags: i32) -> Result<ManuallyDrop<Library>, Error> {
    open_library(file, flags).map_err(|cause| Error::boot(step, format!("{}: {cause}", file.display())))
}

/// Opens one library and never closes it.
fn open_library(file: &Path, flags: i32) -> Result<ManuallyDrop<Library>, libloading::Error> {
    // SAFETY: the library's constructors run here. What may be loaded was decided and checked before (the policy, the
    // preflight of its ELF image); this thread has signals masked and a stack of its own.
    unsafe { Library::open(Some(file), flags) }.map(ManuallyDrop::new)
}

/// Opens what `file` needs and `directory` has, dependencies first, by full path. The loader then finds each of them
/// loaded when it comes across its SONAME.
fn preload(file: &Path, directory: &Path, seen: &mut HashSet<PathBuf>) -> Result<(), Error> {
    let refused = |cause: String| Error::boot("read libphp's dependencies", format!("{}: {cause}", file.display()));
    let image = std::fs::read(file).map_err(|cause| refused(cause.to_string()))?;
    for name in needed(&image).map_err(|cause| refused(cause.to_string()))? {
        let dependency = directory.join(name);
        if dependency.is_file() && seen.insert(dependency.clone()) {
            preload(&dependency, directory, seen)?;
            load("open a dependency from `libdir`", &dependency, RTLD_NOW | RTLD_LOCAL)?;
        }
    }
    Ok(())
}

/// The `DT_NEEDED` names of an ELF image.
fn needed(image: &[u8]) -> object::Result<Vec<String>> {
    let file = ElfFile64::<object::Endianness>::parse(image)?;
    let (header, endian) = (file.raw_header(), file.endian());
    let sections = header.sections(endian, image)?;
    let Some((entries, strings)) = sections.dynamic(endian, image)? else {
        return Ok(Vec::new());
    };
    let strings = sections.strings(endian, image, strings)?;
    entries
        .iter()
        .filter(|entry| entry.tag32(endian) == Some(object::elf::DT_NEEDED))
        .map(|entry| Ok(String::from_utf8_lossy(entry.string(endian, strings)?).into_owned()))
        .collect()
}
