//! A checked view of a shared object, as the dynamic loader sees it: by segments and the dynamic table, not by sections.
//!
//! Section headers can be absent or lie; what the loader will act upon cannot.

use object::LittleEndian;
use object::elf::{self, Dyn64, FileHeader64, ProgramHeader64, Rela64, Sym64};
use object::read::elf::{Dyn, FileHeader, GnuHashTable, HashTable, ProgramHeader};

use super::error::{Error, ErrorKind};

const LE: LittleEndian = LittleEndian;
type Header = FileHeader64<LittleEndian>;

/// A shared object whose headers have been checked.
#[derive(Clone, Copy)]
pub(super) struct Image<'d> {
    pub(super) bytes: &'d [u8],
    pub(super) machine: u16,
    segments: &'d [ProgramHeader64<LittleEndian>],
    dynamic: &'d [Dyn64<LittleEndian>],
    strings: &'d [u8],
}

impl<'d> Image<'d> {
    /// Checks the headers, the segments and the dynamic table.
    pub(super) fn parse(bytes: &'d [u8]) -> Result<Self, Error> {
        check_ident(bytes)?;
        let header = Header::parse(bytes).map_err(|e| Error::malformed(e.to_string()))?;
        let machine = header.e_machine(LE);
        if !matches!(machine, elf::EM_X86_64 | elf::EM_AARCH64) {
            let text = format!("built for another processor (ELF machine {machine}), neither x86_64 nor aarch64");
            return Err(Error::new(ErrorKind::Machine, text));
        }
        check_type(header.e_type(LE))?;
        let segments = header
            .program_headers(LE, bytes)
            .map_err(|e| Error::malformed(e.to_string()))?;
        let dynamic = find_dynamic(segments, bytes)?;
        let mut image = Self {
            bytes,
            machine,
            segments,
            dynamic,
            strings: &[],
        };
        if image
            .number(elf::DT_FLAGS_1)
            .is_some_and(|flags| flags & u64::from(elf::DF_1_PIE) != 0)
        {
            return Err(Error::new(ErrorKind::NotShared, "an executable, not a shared object"));
        }
        image.strings = image.find_strings()?;
        Ok(image)
    }

    /// The mapped parts of the file that hold constants: those that are not executable, unless an old linker put
    /// everything that is read-only into one executable segment.
    pub(super) fn constants(&self) -> impl Iterator<Item = &'d [u8]> + use<'d> {
        let loaded = |s: &&ProgramHeader64<LittleEndian>| s.p_type(LE) == elf::PT_LOAD;
        let (segments, bytes) = (self.segments, self.bytes);
        let read_only = |s: &ProgramHeader64<LittleEndian>| s.p_flags(LE) & (elf::PF_X | elf::PF_W) == 0;
        let separate = segments.iter().filter(loaded).filter(|s| read_only(s)).count() > 1;
        segments
            .iter()
            .filter(loaded)
            .filter(move |s| !separate || s.p_flags(LE) & elf::PF_X == 0)
            .filter_map(move |s| s.data(LE, bytes).ok())
    }

    /// The mapped parts of the file that are initialised data, with their addresses.
    pub(super) fn data(&self) -> impl Iterator<Item = (u64, &'d [u8])> + use<'d> {
        let (segments, bytes) = (self.segments, self.bytes);
        segments
            .iter()
            .filter(|s| s.p_type(LE) == elf::PT_LOAD && s.p_flags(LE) & elf::PF_W != 0)
            .filter(|s| s.p_vaddr(LE).checked_add(s.p_filesz(LE)).is_some())
            .filter_map(move |s| Some((s.p_vaddr(LE), s.data(LE, bytes).ok()?)))
    }

    /// The dynamic relocations; none where the table cannot be read.
    pub(super) fn relocations(&self) -> &'d [Rela64<LittleEndian>] {
        let table = || {
            let size = usize::try_from(self.number(elf::DT_RELASZ)?).ok()?;
            let bytes = self.at(self.number(elf::DT_RELA)?)?.get(..size)?;
            let count = size / size_of::<Rela64<LittleEndian>>();
            object::pod::slice_from_bytes(bytes, count).ok()
        };
        table().map_or(&[], |(entries, _)| entries)
    }

    /// The text at an address, without its closing NUL byte.
    pub(super) fn text(&self, address: u64) -> Option<&'d [u8]> {
        let rest = self.at(address)?;
        rest.iter().position(|byte| *byte == 0).map(|end| &rest[..end])
    }

    /// Entries of the dynamic table up to its end.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u64, u64)> + use<'d> {
        self.dynamic
            .iter()
            .map(|entry| (entry.d_tag(LE), entry.d_val(LE)))
            .take_while(|(tag, _)| *tag != u64::from(elf::DT_NULL))
    }

    /// Where the dynamic table is loaded.
    pub(super) fn dynamic_address(&self) -> Option<u64> {
        self.segments
            .iter()
            .find(|s| s.p_type(LE) == elf::PT_DYNAMIC)
            .map(|s| s.p_vaddr(LE))
    }

    /// The dynamic string table.
    pub(super) fn strings(&self) -> &'d [u8] {
        self.strings
    }

    /// Where the dynamic string table is loaded.
    pub(super) fn string_address(&self) -> Option<u64> {
        self.number(elf::DT_STRTAB)
    }

    /// The first value with a tag.
    pub(super) fn number(&self, tag: u32) -> Option<u64> {
        self.entries()
            .find(|(found, _)| *found == u64::from(tag))
            .map(|(_, value)| value)
    }

    /// All strings with a tag.
    pub(super) fn texts(&self, tag: u32) -> Result<Vec<String>, Error> {
        self.entries()
            .filter(|(found, _)| *found == u64::from(tag))
            .map(|(_, offset)| {
                self.string(offset)
                    .map(|name| String::from_utf8_lossy(name).into_owned())
            })
            .collect()
    }

    /// A string of the dynamic string table.
    pub(super) fn string(&self, offset: u64) -> Result<&'d [u8], Error> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.strings.get(offset..));
        rest.and_then(|rest| rest.iter().position(|byte| *byte == 0).map(|end| &rest[..end]))
            .ok_or_else(|| Error::malformed("a name lies outside of the string table"))
    }

    /// The dynamic symbols, the null symbol included.
    pub(super) fn symbols(&self) -> Result<&'d [Sym64<LittleEndian>], Error> {
        let Some(address) = self.number(elf::DT_SYMTAB) else {
            return Ok(&[]);
        };
        let count = self.symbol_count()?;
        let table = self
            .at(address)
            .ok_or_else(|| Error::malformed("the symbol table lies outside of the file"))?;
        object::pod::slice_from_bytes::<Sym64<LittleEndian>>(table, count)
            .map(|(symbols, _)| symbols)
            .map_err(|()| Error::malformed("the symbol table is truncated"))
    }

    /// The number of symbols, which only the hash tables tell.
    fn symbol_count(&self) -> Result<usize, Error> {
        let outside = || Error::malformed("the symbol hash table lies outside of the file");
        if let Some(address) = self.number(elf::DT_GNU_HASH) {
            let table = GnuHashTable::<Header>::parse(LE, self.at(address).ok_or_else(outside)?)
                .map_err(|e| Error::malformed(e.to_string()))?;
            // No exported symbol at all: the table does not say how many imports there are, and nobody asks.
            return Ok(table.symbol_table_length(LE).unwrap_or(0) as usize);
        }
        if let Some(address) = self.number(elf::DT_HASH) {
            let table = HashTable::<Header>::parse(LE, self.at(address).ok_or_else(outside)?)
                .map_err(|e| Error::malformed(e.to_string()))?;
            return Ok(table.symbol_table_length() as usize);
        }
        Ok(0)
    }

    /// What the file holds from an address on, to the end of its segment.
    fn at(&self, address: u64) -> Option<&'d [u8]> {
        self.segments
            .iter()
            .filter(|s| s.p_type(LE) == elf::PT_LOAD)
            .find_map(|segment| {
                let within = usize::try_from(address.checked_sub(segment.p_vaddr(LE))?).ok()?;
                segment
                    .data(LE, self.bytes)
                    .ok()?
                    .get(within..)
                    .filter(|rest| !rest.is_empty())
            })
    }

    fn find_strings(&self) -> Result<&'d [u8], Error> {
        let (Some(address), Some(size)) = (self.number(elf::DT_STRTAB), self.number(elf::DT_STRSZ)) else {
            return Err(Error::malformed("the dynamic section names no string table"));
        };
        let size = usize::try_from(size).ok();
        self.at(address)
            .and_then(|rest| rest.get(..size?))
            .ok_or_else(|| Error::malformed("the string table lies outside of the file"))
    }
}

fn check_ident(bytes: &[u8]) -> Result<(), Error> {
    if bytes.get(..4) != Some(&elf::ELFMAG[..]) {
        return Err(Error::new(ErrorKind::NotElf, "not an ELF file"));
    }
    match (bytes.get(4), bytes.get(5)) {
        (None, _) | (_, None) => Err(Error::malformed("truncated header")),
        (Some(&class), _) if class != elf::ELFCLASS64 => Err(Error::new(ErrorKind::Class, "not a 64-bit object")),
        (_, Some(&order)) if order != elf::ELFDATA2LSB => {
            Err(Error::new(ErrorKind::ByteOrder, "not a little-endian object"))
        }
        _ => Ok(()),
    }
}

fn check_type(kind: u16) -> Result<(), Error> {
    let found = match kind {
        elf::ET_DYN => return Ok(()),
        elf::ET_EXEC => "an executable",
        elf::ET_REL => "an object file",
        elf::ET_CORE => "a core dump",
        _ => "something else",
    };
    Err(Error::new(
        ErrorKind::NotShared,
        format!("{found}, not a shared object"),
    ))
}

fn find_dynamic<'d>(
    segments: &'d [ProgramHeader64<LittleEndian>],
    bytes: &'d [u8],
) -> Result<&'d [Dyn64<LittleEndian>], Error> {
    for segment in segments {
        if let Some(dynamic) = segment
            .dynamic(LE, bytes)
            .map_err(|e| Error::malformed(e.to_string()))?
        {
            return Ok(dynamic);
        }
    }
    Err(Error::new(
        ErrorKind::NoDynamicSection,
        "not dynamically linked: there is no dynamic section",
    ))
}
