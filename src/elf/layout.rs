//! Checks section headers before the rewriter works by them.
//!
//! The loader ignores section headers, so a file with crafted ones may load well and yet make a rewriter edit the wrong
//! bytes, allocate without bound or run forever. What passes here is laid out as linkers do: every section that is
//! loaded lies inside one segment, at the same place in the file and in memory, none overlaps another, and the sections
//! that are going to be edited are the tables that the loader reads.

use object::LittleEndian;
use object::elf::{self, FileHeader64, ProgramHeader64, SectionHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

use super::error::{Error, ErrorKind};
use super::image::Image;

const LE: LittleEndian = LittleEndian;
type Segment = ProgramHeader64<LittleEndian>;
type Section = SectionHeader64<LittleEndian>;

/// Largest alignment that a linker would ask for (2 MiB: `-z max-page-size` of x86).
const MAX_ALIGN: u64 = 0x20_0000;
/// Addresses beyond this are nothing that a linker assigns.
const MAX_ADDRESS: u64 = 1 << 40;

/// Checks that `bytes`, which `image` views, can be rewritten.
pub(super) fn check(image: &Image<'_>) -> Result<(), Error> {
    let malformed = |e: object::read::Error| Error::malformed(e.to_string());
    let header = FileHeader64::<LittleEndian>::parse(image.bytes).map_err(malformed)?;
    let segments = header.program_headers(LE, image.bytes).map_err(malformed)?;
    let sections = header.section_headers(LE, image.bytes).map_err(malformed)?;
    if sections.len() < 2 {
        return Err(Error::new(
            ErrorKind::NotRewritable,
            "its section headers were stripped",
        ));
    }
    if is_loaded(&sections[0]) {
        return Err(Error::malformed("the section header that stands for none is in use"));
    }
    if header.e_phoff(LE) != 64 {
        return Err(Error::new(
            ErrorKind::NotRewritable,
            "its program headers do not follow the file header",
        ));
    }
    segments
        .iter()
        .try_for_each(|segment| check_segment(segment, image.bytes))?;
    sections
        .iter()
        .skip(1)
        .try_for_each(|section| check_section(section, segments, image.bytes))?;
    check_order(segments, sections)?;
    check_tables(image, sections)
}

fn check_align(align: u64) -> Result<(), Error> {
    if align == 0 || (align.is_power_of_two() && align <= MAX_ALIGN) {
        return Ok(());
    }
    Err(Error::malformed(format!("an alignment of {align:#x}")))
}

fn check_segment(segment: &Segment, bytes: &[u8]) -> Result<(), Error> {
    check_align(segment.p_align(LE))?;
    end(segment.p_vaddr(LE), segment.p_memsz(LE), MAX_ADDRESS)?;
    if segment.p_filesz(LE) > 0 {
        end(segment.p_offset(LE), segment.p_filesz(LE), bytes.len() as u64)?;
    }
    if segment.p_filesz(LE) > segment.p_memsz(LE) {
        return Err(Error::malformed("a segment is larger in the file than in memory"));
    }
    // The rewriter goes by physical addresses, and by the size of what it splits; the loader by neither.
    let grows = matches!(segment.p_type(LE), elf::PT_LOAD | elf::PT_TLS);
    let same_size = segment.p_filesz(LE) == segment.p_memsz(LE);
    let in_file = segment.p_offset(LE) <= bytes.len() as u64;
    if segment.p_paddr(LE) != segment.p_vaddr(LE) || !(grows || same_size) || !in_file {
        let text = "a segment has another physical address, or no contents";
        return Err(Error::new(ErrorKind::NotRewritable, text));
    }
    Ok(())
}

fn check_section(section: &Section, segments: &[Segment], bytes: &[u8]) -> Result<(), Error> {
    check_align(section.sh_addralign(LE))?;
    let (address, size, offset) = (section.sh_addr(LE), section.sh_size(LE), section.sh_offset(LE));
    end(address, size, MAX_ADDRESS)?;
    let in_file = section.sh_type(LE) != elf::SHT_NOBITS;
    if in_file {
        end(offset, size, bytes.len() as u64)?;
    }
    check_hash(section, bytes)?;
    let thread_local_zeroes = !in_file && section.sh_flags(LE) & u64::from(elf::SHF_TLS) != 0;
    // What an offset or an alignment of 0 means for a section that is loaded, the rewriter and the loader disagree on.
    if is_loaded(section) && (offset == 0 || section.sh_addralign(LE) == 0) {
        let text = "a section that is loaded states no offset, or no alignment";
        return Err(Error::new(ErrorKind::NotRewritable, text));
    }
    if !is_loaded(section) || thread_local_zeroes || size == 0 {
        return Ok(());
    }
    let home = segments.iter().filter(|s| s.p_type(LE) == elf::PT_LOAD).any(|segment| {
        let start = segment.p_vaddr(LE);
        let within = address >= start && address + size <= start + segment.p_memsz(LE);
        let same = offset.checked_sub(segment.p_offset(LE)) == address.checked_sub(start);
        within && (!in_file || (same && address + size <= start + segment.p_filesz(LE)))
    });
    if home {
        Ok(())
    } else {
        Err(Error::malformed("a section lies outside of the segments"))
    }
}

/// The header of a hash table says how large the rewritten table becomes.
fn check_hash(section: &Section, bytes: &[u8]) -> Result<(), Error> {
    let malformed = |e: object::read::Error| Error::malformed(e.to_string());
    let (counts, size) = if let Some(table) = section.gnu_hash_header(LE, bytes).map_err(malformed)? {
        let (bloom, buckets) = (table.bloom_count.get(LE), table.bucket_count.get(LE));
        // As the loader has it (glibc elf/dl-setup_hash.c).
        if !bloom.is_power_of_two() || table.bloom_shift.get(LE) >= u32::BITS {
            return Err(Error::malformed("the filter of the symbol hash table makes no sense"));
        }
        ([bloom, buckets], u64::from(bloom) * 8 + u64::from(buckets) * 4)
    } else if let Some(table) = section.hash_header(LE, bytes).map_err(malformed)? {
        let (buckets, chains) = (table.bucket_count.get(LE), table.chain_count.get(LE));
        ([buckets, chains], (u64::from(buckets) + u64::from(chains)) * 4)
    } else {
        return Ok(());
    };
    if counts.contains(&0) || size > section.sh_size(LE) {
        return Err(Error::malformed("a hash table is empty, or larger than its section"));
    }
    Ok(())
}

/// Loadable segments ascend, and loaded sections do not overlap.
fn check_order(segments: &[Segment], sections: &[Section]) -> Result<(), Error> {
    let loads = segments.iter().filter(|s| s.p_type(LE) == elf::PT_LOAD);
    let mut last = 0;
    for segment in loads {
        if segment.p_vaddr(LE) < last {
            return Err(Error::malformed("segments overlap"));
        }
        last = segment.p_vaddr(LE) + segment.p_memsz(LE);
    }
    let zeroes = |s: &&Section| s.sh_type(LE) == elf::SHT_NOBITS && s.sh_flags(LE) & u64::from(elf::SHF_TLS) != 0;
    let mut ranges: Vec<(u64, u64)> = sections
        .iter()
        .filter(|section| is_loaded(section) && !zeroes(section) && section.sh_size(LE) > 0)
        .map(|section| (section.sh_addr(LE), section.sh_addr(LE) + section.sh_size(LE)))
        .collect();
    ranges.sort_unstable();
    if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
        return Err(Error::malformed("sections overlap"));
    }
    Ok(())
}

/// What the rewriter finds by section must be what the loader finds by address.
fn check_tables(image: &Image<'_>, sections: &[Section]) -> Result<(), Error> {
    let tables = [
        (elf::SHT_DYNSYM, image.number(elf::DT_SYMTAB)),
        (elf::SHT_GNU_HASH, image.number(elf::DT_GNU_HASH)),
        (elf::SHT_HASH, image.number(elf::DT_HASH)),
        (elf::SHT_GNU_VERSYM, image.number(elf::DT_VERSYM)),
        (elf::SHT_GNU_VERNEED, image.number(elf::DT_VERNEED)),
        (elf::SHT_GNU_VERDEF, image.number(elf::DT_VERDEF)),
        (elf::SHT_DYNAMIC, image.dynamic_address()),
    ];
    for (kind, address) in tables {
        let mut found = sections
            .iter()
            .filter(|section| section.sh_type(LE) == kind)
            .map(|section| section.sh_addr(LE));
        if found.next() != address || found.next().is_some() {
            return Err(Error::malformed(
                "the section headers and the dynamic table name different tables",
            ));
        }
    }
    let strings = image.number(elf::DT_STRTAB);
    let dynamic = sections.iter().find(|section| section.sh_type(LE) == elf::SHT_DYNAMIC);
    let linked = dynamic
        .and_then(|section| sections.get(section.sh_link(LE) as usize))
        .map(|section| section.sh_addr(LE));
    if linked == strings {
        Ok(())
    } else {
        Err(Error::malformed("the dynamic section has another string table"))
    }
}

fn is_loaded(section: &Section) -> bool {
    section.sh_flags(LE) & u64::from(elf::SHF_ALLOC) != 0
}

fn end(start: u64, size: u64, limit: u64) -> Result<u64, Error> {
    start
        .checked_add(size)
        .filter(|end| *end <= limit)
        .ok_or_else(|| Error::malformed("something lies outside of the file"))
}
