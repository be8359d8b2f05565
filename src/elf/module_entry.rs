//! The module entry of an extension, read from its file.
//!
//! `get_module()` returns a `zend_module_entry` (php-src `Zend/zend_modules.h`), which compilers put into the initialised
//! data as it is, but for its pointers: those are relocations. So it is found without running anything. An extension that
//! fills it in at run time (those in Rust do) has none to be found; there only the build ids tell.

use object::LittleEndian;
use object::elf;
use object::read::elf::Rela as _;

use super::build_id::BuildId;
use super::image::Image;

const LE: LittleEndian = LittleEndian;

/// `sizeof(zend_module_entry)` on 64-bit systems, since PHP 5.3, thread-safe or not; it is also its first field.
const SIZE: usize = 168;
/// Offsets of fields.
const API: usize = 4;
const DEBUG: usize = 8;
const ZTS: usize = 9;
const NAME: usize = 32;
const BUILD_ID: usize = 160;

/// What a module entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The extension's name.
    pub name: String,
    /// Its build: `zend_api`, `zts` and `zend_debug`.
    pub build: BuildId,
}

/// The module entry of the file, if there is exactly one.
pub(super) fn find(image: &Image<'_>) -> Option<Module> {
    let mut found = None;
    for (address, bytes) in image.data() {
        let skew = usize::try_from(address.wrapping_neg() % 8).ok()?;
        for at in (skew..bytes.len()).step_by(8) {
            let Some(module) = bytes.get(at..).and_then(|rest| read(image, address + at as u64, rest)) else {
                continue;
            };
            if found.is_some() {
                return None;
            }
            found = Some(module);
        }
    }
    found
}

/// The entry at the start of `bytes`, which are loaded at `address`.
fn read(image: &Image<'_>, address: u64, bytes: &[u8]) -> Option<Module> {
    let entry: &[u8; SIZE] = bytes.first_chunk()?;
    let size = u16::from_le_bytes([entry[0], entry[1]]);
    let api = u32::from_le_bytes(*entry[API..].first_chunk()?);
    let flags = (entry[DEBUG], entry[ZTS]);
    // An API number is a date.
    if usize::from(size) != SIZE || !(19_990_101..=99_991_231).contains(&api) || flags.0 > 1 || flags.1 > 1 {
        return None;
    }
    let text = |field: usize| {
        let stored = u64::from_le_bytes(*entry[field..].first_chunk()?);
        image.text(pointer(image, address.checked_add(field as u64)?).unwrap_or(stored))
    };
    let build = BuildId {
        api,
        zts: flags.1 == 1,
        debug: flags.0 == 1,
    };
    // PHP compares all of it; an entry that contradicts itself is none.
    if BuildId::parse(text(BUILD_ID)?)? != build {
        return None;
    }
    let name = String::from_utf8_lossy(text(NAME)?).into_owned();
    Some(Module { name, build })
}

/// What the loader writes to an address: the addend of its relative relocation. Without one (`DT_RELR`) the file holds
/// the value.
fn pointer(image: &Image<'_>, address: u64) -> Option<u64> {
    let relative = if image.machine == elf::EM_AARCH64 {
        elf::R_AARCH64_RELATIVE
    } else {
        elf::R_X86_64_RELATIVE
    };
    let found = image
        .relocations()
        .iter()
        .find(|entry| entry.r_offset(LE) == address && entry.r_type(LE, false) == relative)?;
    u64::try_from(found.r_addend(LE)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Fixture};
    use super::super::{Machine, inspect};

    /// A committed seed of the fuzz target (`fuzz/seeds.sh`).
    fn seed(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/fuzz/seeds/{name}.so", env!("CARGO_MANIFEST_DIR"))).expect("a seed")
    }

    #[test]
    fn is_found_however_the_file_was_linked() {
        for name in [
            "bfd",
            "bfd-pages",
            "bfd-sysv",
            "bfd-relr",
            "gold",
            "lld",
            "mold",
            "no-sections",
            "patchelf",
        ] {
            let facts = inspect(&seed(name)).unwrap();
            let module = facts.module.as_ref().expect(name);
            assert_eq!(
                (module.name.as_str(), module.build.to_string().as_str()),
                ("seed", "API20220829,TS")
            );
            assert_eq!(
                (facts.thread_safe(), facts.debug(), facts.module_api()),
                (Some(true), Some(false), Some(20_220_829))
            );
        }
    }

    #[test]
    fn is_found_for_another_processor() {
        for name in ["aarch64", "aarch64-lld"] {
            let facts = inspect(&seed(name)).unwrap();
            assert_eq!(
                (facts.machine, facts.module.map(|module| module.name)),
                (Machine::Aarch64, Some("seed".into()))
            );
        }
    }

    #[test]
    fn tells_builds_apart() {
        assert_eq!(inspect(&seed("nts")).unwrap().thread_safe(), Some(false));
        let debug = inspect(&seed("debug")).unwrap();
        assert_eq!((debug.thread_safe(), debug.debug()), (Some(true), Some(true)));
    }

    #[test]
    fn decides_where_the_strings_are_ambiguous() {
        let fields = "0,0,\"m\",0,{0},0,0,{0},0,0,0,0";
        let source = format!(
            "struct m {{ unsigned short size; unsigned api; unsigned char debug, zts; void *ini, *deps; const char *name; void *f,
               *c[5]; void *version; long globals_size; void *g[4]; int started; char type; void *handle; int n; const char *id; }};
             const char *other = \"API20220829,NTS\";
             struct m entry = {{168, 20220829, 0, 1, {fields}, \"API20220829,TS\"}};
             struct m *get_module(void) {{ return &entry; }}"
        );
        let facts = inspect(&Fixture::build(&source, &[]).bytes()).unwrap();
        assert_eq!((facts.build_ids.len(), facts.thread_safe()), (2, Some(true)));
        // Two entries, or one that contradicts its own build id, are no better than the strings.
        for other in [
            format!("struct m second = {{168, 20220829, 0, 0, {fields}, \"API20220829,NTS\"}};"),
            String::new(),
        ] {
            let mut source = source.clone() + &other;
            if other.is_empty() {
                source = source.replace("168, 20220829, 0, 1", "168, 20220829, 0, 0");
            }
            let facts = inspect(&Fixture::build(&source, &[]).bytes()).unwrap();
            assert_eq!((facts.module.clone(), facts.thread_safe()), (None, None));
        }
        assert_eq!(
            inspect(&testing::extension("API20220829,TS").bytes()).unwrap().module,
            None
        );
    }
}
