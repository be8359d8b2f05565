//! What holds of the inspector and the relinker, whatever the bytes are. The fuzz target and `tests/fuzz_seeds.rs` share it.
//!
//! The comparison of segments is deliberately not the one of `src/elf`: it reads both files anew.

use ffi_zts::elf::{Relink, inspect, relink};
use object::LittleEndian as LE;
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

const LIBPHP: &str = "libphp-fuzz.so";

/// Panics unless all invariants hold. Returns how many changes were made to the file; 0 for one that is refused.
pub fn hold(bytes: &[u8]) -> usize {
    let Ok(before) = inspect(bytes) else {
        for change in changes(None) {
            assert!(relink(bytes, &change).is_err(), "relinked what cannot be inspected");
        }
        return 0;
    };
    changes(before.needed.first())
        .iter()
        .filter(|change| {
            let Ok(once) = relink(bytes, change) else { return false };
            check(bytes, &once, change);
            assert_eq!(
                relink(&once, change).as_ref(),
                Ok(&once),
                "relinking twice is not relinking once"
            );
            true
        })
        .count()
}

/// Every kind of change, with a short name and with one that no table has room for.
fn changes(first: Option<&String>) -> Vec<Relink> {
    let long = "long/".repeat(300);
    let mut all = vec![
        Relink::to_libphp(LIBPHP, None),
        Relink {
            runpath: Some("/r".into()),
            ..Relink::default()
        },
        Relink {
            add_needed: vec![LIBPHP.into(), long.clone()],
            runpath: Some(long),
            ..Relink::default()
        },
    ];
    if let Some(first) = first.filter(|name| !name.is_empty()) {
        all.push(Relink::to_libphp(LIBPHP, Some(first)));
        all.push(Relink {
            remove_needed: vec![first.clone()],
            ..Relink::default()
        });
    }
    all
}

fn check(bytes: &[u8], output: &[u8], change: &Relink) {
    let (before, after) = (
        inspect(bytes).expect("inspected above"),
        inspect(output).expect("the output is sound"),
    );
    for name in &change.add_needed {
        assert!(after.needed.contains(name), "{name} was not added");
    }
    for (old, new) in &change.replace_needed {
        assert!(!after.needed.contains(old) || old == new, "{old} was not replaced");
        assert!(after.needed.contains(new), "{new} does not replace {old}");
    }
    for name in &change.remove_needed {
        assert!(!after.needed.contains(name), "{name} was not removed");
    }
    if let Some(path) = &change.runpath {
        assert_eq!(after.runpath.as_ref(), Some(path));
    } else {
        assert_eq!(after.runpath, before.runpath);
    }
    assert_eq!(
        (
            &after.soname,
            &after.build_ids,
            &after.module,
            after.machine,
            &after.php_version
        ),
        (
            &before.soname,
            &before.build_ids,
            &before.module,
            before.machine,
            &before.php_version
        )
    );
    same_memory(bytes, output);
}

/// Each loaded segment is still there, at its address, with its rights and its bytes; but for the tables that a relinker
/// edits or moves away.
fn same_memory(bytes: &[u8], output: &[u8]) {
    let after = loads(output);
    let moved = moved_ranges(bytes, output);
    for segment in loads(bytes) {
        let place = |other: &&ProgramHeader64<LE>| {
            let key = |s: &ProgramHeader64<LE>| {
                (
                    s.p_vaddr(LE),
                    s.p_memsz(LE),
                    s.p_filesz(LE),
                    s.p_flags(LE),
                    s.p_align(LE),
                )
            };
            key(other) == key(segment)
        };
        let matching: Vec<_> = after.iter().filter(|other| place(other)).collect();
        let (start, data) = (segment.p_vaddr(LE), segment.data(LE, bytes).unwrap_or_default());
        let same = |other: &&&ProgramHeader64<LE>| {
            let found = other.data(LE, output).unwrap_or_default();
            found.len() == data.len()
                && data.iter().zip(found).enumerate().all(|(at, (left, right))| {
                    let address = start.wrapping_add(at as u64);
                    let grown = |to: u64| *left == 0 && (to..to.saturating_add(64)).contains(&address);
                    left == right
                        || moved
                            .iter()
                            .any(|(from, to)| (*from..*to).contains(&address) || grown(*to))
                })
        };
        assert!(
            matching.iter().any(same),
            "the segment at {start:#x} of {} bytes was lost or changed",
            data.len()
        );
    }
}

fn loads(bytes: &[u8]) -> Vec<&ProgramHeader64<LE>> {
    let header = FileHeader64::<LE>::parse(bytes).expect("inspected");
    let segments = header.program_headers(LE, bytes).expect("inspected");
    segments.iter().filter(|s| s.p_type(LE) == elf::PT_LOAD).collect()
}

/// Addresses of the headers (which grow in place), and of the tables that hold names or can be moved for their sake.
fn moved_ranges(bytes: &[u8], output: &[u8]) -> Vec<(u64, u64)> {
    const MOVABLE: [u32; 10] = [
        elf::SHT_DYNAMIC,
        elf::SHT_DYNSYM,
        elf::SHT_STRTAB,
        elf::SHT_HASH,
        elf::SHT_GNU_HASH,
        elf::SHT_GNU_VERSYM,
        elf::SHT_GNU_VERNEED,
        elf::SHT_GNU_VERDEF,
        elf::SHT_NOTE,
        elf::SHT_GNU_ATTRIBUTES,
    ];
    let header = FileHeader64::<LE>::parse(bytes).expect("inspected");
    let count = FileHeader64::<LE>::parse(output).expect("inspected").e_phnum(LE);
    let sections = header.section_headers(LE, bytes).unwrap_or_default();
    let in_file = vec![
        (0, 64),
        (header.e_phoff(LE), u64::from(count) * 56),
        (header.e_shoff(LE), sections.len() as u64 * 64),
    ];
    let mut ranges: Vec<(u64, u64)> = sections
        .iter()
        .filter(|s| MOVABLE.contains(&s.sh_type(LE)) && s.sh_flags(LE) & u64::from(elf::SHF_ALLOC) != 0)
        .map(|s| (s.sh_addr(LE), s.sh_addr(LE).saturating_add(s.sh_size(LE))))
        .collect();
    for segment in loads(bytes) {
        for (offset, size) in &in_file {
            // From the file's offsets to addresses; a range that begins before the segment is cut.
            let (start, end) = (*offset, offset.saturating_add(*size));
            let first = segment.p_offset(LE);
            let address = |at: u64| segment.p_vaddr(LE).wrapping_add(at.saturating_sub(first));
            if end > first {
                ranges.push((address(start), address(end)));
            }
        }
    }
    ranges
}
