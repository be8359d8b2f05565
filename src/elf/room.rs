//! Room in a dynamic table.
//!
//! GNU ld leaves a few spare entries behind the table's end; lld and mold leave none, and the table cannot grow where it
//! stands. `DT_RELACOUNT` and `DT_RELCOUNT` only tell the loader that it may take a shortcut (ELF gABI, GNU extension):
//! a file without them loads the same, so their place can be had.

use object::LittleEndian;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};

const LE: LittleEndian = LittleEndian;
const ENTRY: usize = 16;

/// The same file with the entries that only help speed taken out of its dynamic table; `None` when there are none.
pub(super) fn make(bytes: &[u8]) -> Option<Vec<u8>> {
    let header = elf::FileHeader64::<LittleEndian>::parse(bytes).ok()?;
    let segment = header
        .program_headers(LE, bytes)
        .ok()?
        .iter()
        .find(|s| s.p_type(LE) == elf::PT_DYNAMIC)?;
    let start = usize::try_from(segment.p_offset(LE)).ok()?;
    let end = start.checked_add(usize::try_from(segment.p_filesz(LE)).ok()?)?;
    let table = bytes.get(start..end)?;
    let kept: Vec<&[u8]> = table.chunks_exact(ENTRY).filter(|entry| !is_shortcut(entry)).collect();
    if kept.len() * ENTRY == table.len() {
        return None;
    }
    let mut output = bytes.to_vec();
    let place = output.get_mut(start..end)?;
    place.fill(0);
    for (to, from) in place.chunks_exact_mut(ENTRY).zip(kept) {
        to.copy_from_slice(from);
    }
    Some(output)
}

fn is_shortcut(entry: &[u8]) -> bool {
    let tag = entry.first_chunk::<8>().map_or(0, |tag| u64::from_le_bytes(*tag));
    tag == u64::from(elf::DT_RELACOUNT) || tag == u64::from(elf::DT_RELCOUNT)
}
