//! Relinking without touching what is there: new tables at the end of the file, in a segment of their own.
//!
//! `object-rewrite` needs section headers in GNU ld's manner and room in the dynamic table. lld and mold leave no room and
//! align tables otherwise, and `strip --strip-section-headers` takes the headers away. What the loader reads is enough
//! here: the program headers, the dynamic table and its strings are copied behind everything else, with the changes, and
//! the file header and `PT_DYNAMIC` point there. Old code and data keep their addresses.

use object::LittleEndian;
use object::elf::{self, Dyn64, FileHeader64, ProgramHeader64, SectionHeader64};
use object::endian::{U16, U32, U64};
use object::pod::bytes_of;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

use super::error::{Error, ErrorKind};
use super::image::Image;

const LE: LittleEndian = LittleEndian;
type Segment = ProgramHeader64<LittleEndian>;

/// Page size of the largest pages that a linker lays out for.
const MAX_PAGE: u64 = 0x20_0000;
/// More program headers than any linker writes.
const MAX_SEGMENTS: usize = 1_000;
/// Addresses beyond this are nothing that a linker assigns.
const MAX_ADDRESS: u64 = 1 << 46;

/// The file with the dependencies `needed` and, where it is given, another run path.
pub(super) fn apply(image: &Image<'_>, needed: &[String], runpath: Option<&str>) -> Result<Vec<u8>, Error> {
    let malformed = |e: object::read::Error| Error::malformed(e.to_string());
    let header = FileHeader64::<LittleEndian>::parse(image.bytes).map_err(malformed)?;
    let segments = header.program_headers(LE, image.bytes).map_err(malformed)?;
    let page = page_size(segments)?;
    let offset = (image.bytes.len() as u64).next_multiple_of(page);
    let address = end_of_memory(segments)?.next_multiple_of(page);

    let mut tables = Tables {
        strings: image.strings().to_vec(),
        entries: Vec::new(),
    };
    tables.fill(image, needed, runpath)?;
    let headers_size = ((segments.len() + 1) * size_of::<Segment>()) as u64;
    let strings_at = headers_size;
    let dynamic_at = (strings_at + tables.strings.len() as u64).next_multiple_of(16);
    tables.point_to_strings(address + strings_at);
    let dynamic_size = (tables.entries.len() * size_of::<Dyn64<LittleEndian>>()) as u64;
    let place = Place {
        offset,
        address,
        size: dynamic_at + dynamic_size,
        dynamic_at,
        dynamic_size,
        page,
    };

    let mut output = image.bytes.to_vec();
    output.resize(usize_of(offset)?, 0);
    for segment in place.program_headers(segments) {
        output.extend_from_slice(bytes_of(&segment));
    }
    output.extend_from_slice(&tables.strings);
    output.resize(usize_of(offset + dynamic_at)?, 0);
    for (tag, value) in &tables.entries {
        output.extend_from_slice(&tag.to_le_bytes());
        output.extend_from_slice(&value.to_le_bytes());
    }
    let moved = [
        (
            image.string_address(),
            place.section(strings_at, tables.strings.len() as u64),
        ),
        (image.dynamic_address(), place.section(dynamic_at, dynamic_size)),
    ];
    update_sections(&mut output, header, image.bytes, &moved);
    let mut header = *header;
    header.e_phoff = U64::new(LE, offset);
    header.e_phnum = U16::new(LE, u16::try_from(segments.len() + 1).map_err(|_| too_large())?);
    output[..size_of_val(&header)].copy_from_slice(bytes_of(&header));
    Ok(output)
}

/// The dynamic table and its strings.
struct Tables {
    strings: Vec<u8>,
    entries: Vec<(u64, u64)>,
}

impl Tables {
    fn fill(&mut self, image: &Image<'_>, needed: &[String], runpath: Option<&str>) -> Result<(), Error> {
        let mut offsets = Vec::new();
        for name in needed {
            let known = image
                .entries()
                .filter(|(tag, _)| *tag == u64::from(elf::DT_NEEDED))
                .map(|(_, offset)| offset);
            let known = known
                .into_iter()
                .find(|offset| image.string(*offset).is_ok_and(|found| found == name.as_bytes()));
            offsets.push(known.map_or_else(|| self.add(name), Ok)?);
        }
        self.entries
            .extend(offsets.iter().map(|offset| (u64::from(elf::DT_NEEDED), *offset)));
        let is_runpath = |tag: u64| tag == u64::from(elf::DT_RUNPATH) || tag == u64::from(elf::DT_RPATH);
        let runpath = runpath.map(|path| self.add(path)).transpose()?;
        if let Some(offset) = runpath.filter(|_| !image.entries().any(|(tag, _)| is_runpath(tag))) {
            self.entries.push((u64::from(elf::DT_RUNPATH), offset));
        }
        let kept = image.entries().filter(|(tag, _)| *tag != u64::from(elf::DT_NEEDED));
        self.entries
            .extend(kept.map(|(tag, value)| (tag, runpath.filter(|_| is_runpath(tag)).unwrap_or(value))));
        self.entries.push((u64::from(elf::DT_NULL), 0));
        Ok(())
    }

    fn add(&mut self, text: &str) -> Result<u64, Error> {
        let offset = self.strings.len();
        self.strings.extend_from_slice(text.as_bytes());
        self.strings.push(0);
        u32::try_from(offset).map(u64::from).map_err(|_| too_large())
    }

    fn point_to_strings(&mut self, address: u64) {
        let size = self.strings.len() as u64;
        for (tag, value) in &mut self.entries {
            if *tag == u64::from(elf::DT_STRTAB) {
                *value = address;
            } else if *tag == u64::from(elf::DT_STRSZ) {
                *value = size;
            }
        }
    }
}

/// Where the new segment lies, in the file and in memory.
struct Place {
    offset: u64,
    address: u64,
    size: u64,
    dynamic_at: u64,
    dynamic_size: u64,
    page: u64,
}

impl Place {
    /// The old headers, with the new segment behind the last one that is loaded: those must ascend.
    fn program_headers(&self, segments: &[Segment]) -> Vec<Segment> {
        let mut headers: Vec<Segment> = segments
            .iter()
            .map(|segment| self.moved(segment, segments.len() + 1))
            .collect();
        let last = headers
            .iter()
            .rposition(|segment| segment.p_type(LE) == elf::PT_LOAD)
            .map_or(0, |at| at + 1);
        // The loader writes into the dynamic table.
        headers.insert(
            last,
            self.header(elf::PT_LOAD, elf::PF_R | elf::PF_W, 0, self.size, self.page),
        );
        headers
    }

    fn moved(&self, segment: &Segment, count: usize) -> Segment {
        match segment.p_type(LE) {
            elf::PT_DYNAMIC => self.header(
                elf::PT_DYNAMIC,
                segment.p_flags(LE),
                self.dynamic_at,
                self.dynamic_size,
                8,
            ),
            elf::PT_PHDR => self.header(
                elf::PT_PHDR,
                segment.p_flags(LE),
                0,
                (count * size_of::<Segment>()) as u64,
                8,
            ),
            _ => *segment,
        }
    }

    fn header(&self, kind: u32, flags: u32, within: u64, size: u64, align: u64) -> Segment {
        Segment {
            p_type: U32::new(LE, kind),
            p_flags: U32::new(LE, flags),
            p_offset: U64::new(LE, self.offset + within),
            p_vaddr: U64::new(LE, self.address + within),
            p_paddr: U64::new(LE, self.address + within),
            p_filesz: U64::new(LE, size),
            p_memsz: U64::new(LE, size),
            p_align: U64::new(LE, align),
        }
    }

    /// Address, offset and size of a table.
    fn section(&self, within: u64, size: u64) -> [u64; 3] {
        [self.address + within, self.offset + within, size]
    }
}

/// Lets the section headers, which only tools read, follow the tables. Headers that cannot be read stay as they are.
fn update_sections(
    output: &mut [u8],
    header: &FileHeader64<LittleEndian>,
    bytes: &[u8],
    moved: &[(Option<u64>, [u64; 3])],
) {
    let Ok(sections) = header.section_headers(LE, bytes) else {
        return;
    };
    for (index, section) in sections.iter().enumerate().skip(1) {
        let table = matches!(section.sh_type(LE), elf::SHT_STRTAB | elf::SHT_DYNAMIC) && section.sh_addr(LE) != 0;
        let to = moved
            .iter()
            .find(|(from, _)| table && *from == Some(section.sh_addr(LE)));
        let Some((_, [address, offset, size])) = to else {
            continue;
        };
        let mut changed = *section;
        changed.sh_addr = U64::new(LE, *address);
        changed.sh_offset = U64::new(LE, *offset);
        changed.sh_size = U64::new(LE, *size);
        let at = usize::try_from(header.e_shoff(LE))
            .ok()
            .and_then(|start| start.checked_add(index * size_of::<SectionHeader64<LittleEndian>>()));
        let place = at.and_then(|at| output.get_mut(at..at.checked_add(size_of_val(&changed))?));
        if let Some(place) = place {
            place.copy_from_slice(bytes_of(&changed));
        }
    }
}

fn page_size(segments: &[Segment]) -> Result<u64, Error> {
    if segments.len() > MAX_SEGMENTS {
        return Err(too_large());
    }
    let loads = segments.iter().filter(|segment| segment.p_type(LE) == elf::PT_LOAD);
    let page = loads.map(|segment| segment.p_align(LE)).max().unwrap_or(0).max(0x1000);
    if page.is_power_of_two() && page <= MAX_PAGE {
        Ok(page)
    } else {
        Err(Error::malformed(format!("a page size of {page:#x}")))
    }
}

fn end_of_memory(segments: &[Segment]) -> Result<u64, Error> {
    let mut last = 0;
    for segment in segments.iter().filter(|segment| segment.p_type(LE) == elf::PT_LOAD) {
        let end = segment
            .p_vaddr(LE)
            .checked_add(segment.p_memsz(LE))
            .filter(|end| *end <= MAX_ADDRESS);
        last = last.max(end.ok_or_else(|| Error::malformed("a segment ends beyond all addresses"))?);
    }
    Ok(last)
}

fn usize_of(number: u64) -> Result<usize, Error> {
    usize::try_from(number).map_err(|_| too_large())
}

fn too_large() -> Error {
    Error::new(ErrorKind::NotRewritable, "its tables are too large")
}
