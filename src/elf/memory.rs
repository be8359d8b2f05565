//! Whether a rewritten file still loads as the same memory.
//!
//! The rewriter builds a file anew from its sections, and what no section describes (a linker's padding, or the data of a
//! file whose section headers were edited) it writes as zeroes. So its output is compared with the input, segment by
//! segment; only the tables that hold names, or that make room for others, may differ.

use object::LittleEndian;
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

const LE: LittleEndian = LittleEndian;
type Header = FileHeader64<LittleEndian>;
type Segment = ProgramHeader64<LittleEndian>;

/// Tables that `object-rewrite` edits or moves; it moves whatever is in their way among these, too.
const TABLES: [u32; 10] = [
    elf::SHT_DYNAMIC,
    elf::SHT_DYNSYM,
    elf::SHT_STRTAB,
    elf::SHT_HASH,
    elf::SHT_GNU_HASH,
    elf::SHT_GNU_VERSYM,
    elf::SHT_GNU_VERNEED,
    elf::SHT_GNU_VERDEF,
    elf::SHT_GNU_ATTRIBUTES,
    elf::SHT_NOTE,
];
/// A table may grow into the zeroes that align what follows it.
const PADDING: u64 = 64;

/// Does the output load every segment of the input, at the same address, with the same rights and bytes?
pub(super) fn is_kept(input: &[u8], output: &[u8]) -> bool {
    compare(input, output).unwrap_or(false)
}

fn compare(input: &[u8], output: &[u8]) -> object::Result<bool> {
    let (old, new) = (Header::parse(input)?, Header::parse(output)?);
    let (before, after) = (old.program_headers(LE, input)?, new.program_headers(LE, output)?);
    let tables = tables(old, input)?;
    let headers = 64 + after.len() as u64 * size_of::<Segment>() as u64;
    Ok(loads(before).all(|segment| {
        let (start, end) = (
            segment.p_vaddr(LE),
            segment.p_vaddr(LE).saturating_add(segment.p_filesz(LE)),
        );
        // The file header and the program headers, where they are loaded.
        let headers = (segment.p_offset(LE) == 0).then(|| (start, start.saturating_add(headers)));
        let mut changing: Vec<(u64, u64)> = tables
            .iter()
            .copied()
            .filter(|table| table.0 < end && table.1 > start)
            .collect();
        changing.extend(headers);
        loads(after).any(|other| {
            place(segment) == place(other) && same_bytes(start, bytes(segment, input), bytes(other, output), &changing)
        })
    }))
}

fn loads(segments: &[Segment]) -> impl Iterator<Item = &Segment> {
    segments.iter().filter(|segment| segment.p_type(LE) == elf::PT_LOAD)
}

fn place(segment: &Segment) -> [u64; 5] {
    let flags = u64::from(segment.p_flags(LE));
    [
        segment.p_vaddr(LE),
        segment.p_memsz(LE),
        segment.p_filesz(LE),
        segment.p_align(LE),
        flags,
    ]
}

fn bytes<'d>(segment: &Segment, file: &'d [u8]) -> Option<&'d [u8]> {
    segment.data(LE, file).ok()
}

fn same_bytes(start: u64, old: Option<&[u8]>, new: Option<&[u8]>, changing: &[(u64, u64)]) -> bool {
    let (Some(old), Some(new)) = (old, new) else {
        return false;
    };
    let excused = |at: usize| {
        let address = start.saturating_add(at as u64);
        changing.iter().any(|(from, to)| {
            (*from..*to).contains(&address) || (old[at] == 0 && (*to..to.saturating_add(PADDING)).contains(&address))
        })
    };
    old.len() == new.len() && (0..old.len()).all(|at| old[at] == new[at] || excused(at))
}

/// Addresses of the loaded tables, start and end.
fn tables(header: &Header, input: &[u8]) -> object::Result<Vec<(u64, u64)>> {
    let loaded = u64::from(elf::SHF_ALLOC);
    Ok(header
        .section_headers(LE, input)?
        .iter()
        .filter(|section| TABLES.contains(&section.sh_type(LE)) && section.sh_flags(LE) & loaded != 0)
        .map(|section| {
            (
                section.sh_addr(LE),
                section.sh_addr(LE).saturating_add(section.sh_size(LE)),
            )
        })
        .collect())
}
