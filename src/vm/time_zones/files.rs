//! A directory of the system's files.

use std::collections::HashMap;
use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::io::Read;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::kept::State;
use super::{NO_COUNTS, PREAMBLE, TimeZones, Zone};

/// Head of a file (RFC 8536, 3.1): magic, version, reserved bytes, six counts.
const HEAD: usize = 44;
const MAGIC: &[u8] = b"TZif";
/// Files as large as this are none of a zone's.
const LARGEST: usize = 64 << 10;

/// Directories below each other; names have two of them (`America/Argentina/Ushuaia`).
const DEEPEST: usize = 5;

/// What `zone.tab` says of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Location<'a> {
    country: [u8; 2],
    /// In 100,000ths of a degree, cut.
    latitude: i32,
    longitude: i32,
    comments: &'a [u8],
}

/// By the names of their zones.
type Locations<'a> = HashMap<&'a [u8], Location<'a>>;

/// Of a zone that is not in the table.
const UNKNOWN: Location<'_> = Location {
    country: *b"??",
    latitude: 0,
    longitude: 0,
    comments: b"?",
};

/// What a directory is read with. 600 files are read while the guest waits for them, so there is no call of the system and no
/// allocation for one that could be done without.
struct Reader<'a> {
    zones: TimeZones,
    locations: Locations<'a>,
    /// Links to zones of the same directory: name, what it leads to.
    links: Vec<(Vec<u8>, Vec<u8>)>,
    state: State,
    /// The file that is being read.
    buffer: Box<[u8]>,
}

impl TimeZones {
    /// Reads a directory of files, and notes how what it reads is. `None`: there is no zone in it.
    pub(super) fn read(directory: &Path) -> Option<(Self, State)> {
        let (zone_tab, tzdata) = (directory.join("zone.tab"), directory.join("tzdata.zi"));
        let mut state = State::default();
        state.note(&zone_tab);
        state.note(&tzdata);
        let table = fs::read(&zone_tab).unwrap_or_default();
        let mut reader = Reader {
            zones: Self {
                zones: Vec::with_capacity(1024),
                names: Vec::with_capacity(16 << 10),
                data: Vec::with_capacity(2 << 20),
                version: version(&tzdata),
            },
            locations: locations(&table),
            links: Vec::new(),
            state,
            buffer: vec![0; LARGEST].into(),
        };
        reader.add_directory(directory, b"");
        // What a link leads to may hold further ones.
        while !reader.links.is_empty() {
            reader.add_links(directory);
        }
        let Reader { mut zones, state, .. } = reader;
        zones.sort();
        (!zones.zones.is_empty()).then_some((zones, state))
    }

    fn sort(&mut self) {
        let lower = self.names.to_ascii_lowercase();
        // The NUL byte behind a name is less than any of another.
        self.zones.sort_unstable_by_key(|zone| &lower[zone.name..]);
    }

    /// `rules` are what [`zone`] has found.
    fn add(&mut self, name: &[u8], rules: &[u8], location: Option<&Location<'_>>) {
        let Ok(position) = u32::try_from(self.data.len()) else {
            return;
        };
        let listed = location.is_some() || name == b"UTC";
        let location = location.unwrap_or(&UNKNOWN);
        let start = self.data.len() + PREAMBLE + NO_COUNTS.len();
        self.zones.push(Zone {
            name: self.names.len(),
            position,
            rules: start..start + rules.len(),
        });
        self.names.extend_from_slice(name);
        self.names.push(0);
        self.data.extend_from_slice(b"PHP2");
        self.data.push(listed.into());
        self.data.extend_from_slice(&location.country);
        self.data.resize(self.data.len() + PREAMBLE - 7, 0);
        self.data.extend_from_slice(&NO_COUNTS);
        self.data.extend_from_slice(rules);
        for (degrees, base) in [(location.latitude, 90), (location.longitude, 180)] {
            self.data.extend_from_slice(&(degrees + base * 100_000).to_be_bytes());
        }
        let comments = &location.comments[..location.comments.len().min(0xffff)];
        self.data
            .extend_from_slice(&u32::try_from(comments.len()).unwrap_or(0).to_be_bytes());
        self.data.extend_from_slice(comments);
    }
}

impl Reader<'_> {
    fn add_directory(&mut self, directory: &Path, prefix: &[u8]) {
        self.state.note(directory);
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries.flatten() {
            let own = entry.file_name();
            let own = own.as_bytes();
            // Other forms of the same zones, and what describes them.
            if own.starts_with(b".")
                || own.ends_with(b".tab")
                || [&b"posix"[..], b"posixrules", b"right"].contains(&own)
            {
                continue;
            }
            let name = [prefix, own].concat();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.add_below(&entry.path(), &name),
                Ok(kind) if kind.is_file() => self.add_file(&entry.path(), &name),
                Ok(kind) if kind.is_symlink() => self.add_link(&entry.path(), name, prefix),
                _ => {}
            }
        }
    }

    /// A directory below another. A link may lead back to where it stands.
    fn add_below(&mut self, path: &Path, name: &[u8]) {
        if name.split(|&byte| byte == b'/').count() < DEEPEST {
            self.add_directory(path, &[name, b"/"].concat());
        }
    }

    fn add_file(&mut self, path: &Path, name: &[u8]) {
        let Some(len) = read_into(path, &mut self.buffer) else {
            return;
        };
        if let Some(rules) = zone(&self.buffer[..len]) {
            self.zones.add(name, rules, self.locations.get(name));
        }
    }

    /// A third of the names are links to others beside them: those need not be opened.
    fn add_link(&mut self, path: &Path, name: Vec<u8>, prefix: &[u8]) {
        match fs::read_link(path) {
            Ok(to) if !to.as_os_str().as_bytes().contains(&b'/') => {
                self.links.push((name, [prefix, to.as_os_str().as_bytes()].concat()));
            }
            _ => self.add_target(path, &name),
        }
    }

    /// What a link leads to, wherever that is.
    fn add_target(&mut self, path: &Path, name: &[u8]) {
        self.state.note(path);
        match fs::metadata(path).map(|about| about.file_type()) {
            Ok(kind) if kind.is_dir() => self.add_below(path, name),
            Ok(kind) if kind.is_file() => self.add_file(path, name),
            _ => {}
        }
    }

    /// The links, now that what they lead to has been read. One that leads to another link, or to no zone, is followed by the system.
    fn add_links(&mut self, directory: &Path) {
        let links = std::mem::take(&mut self.links);
        let zones = &self.zones;
        let known: HashMap<&[u8], &Range<usize>> =
            zones.zones.iter().map(|zone| (zones.name(zone), &zone.rules)).collect();
        let found: Vec<_> = links
            .iter()
            .map(|(_, to)| known.get(&to[..]).map(|rules| (*rules).clone()))
            .collect();
        for ((name, _), rules) in links.iter().zip(found) {
            match rules {
                Some(rules) => {
                    let rules = self.zones.data[rules].to_vec();
                    self.zones.add(name, &rules, self.locations.get(&name[..]));
                }
                None => self.add_target(&directory.join(OsStr::from_bytes(name)), name),
            }
        }
    }
}

/// PHP's name for a release (2025b is 2025.2), by the first line of `tzdata.zi`; what distributions' PHPs say where there is none.
fn version(tzdata: &Path) -> CString {
    let mut start = [0; 32];
    let file = File::open(tzdata);
    let len = file.and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    release(&start[..len])
}

fn release(text: &[u8]) -> CString {
    let release = text.strip_prefix(b"# version ").and_then(|rest| rest.get(..5));
    let told = release.and_then(|release| {
        let (year, letter) = (std::str::from_utf8(&release[..4]).ok()?, release[4]);
        let number = letter.checked_sub(b'a').filter(|&number| number < 26)? + 1;
        (year.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{year}.{number}"))
    });
    CString::new(told.unwrap_or_else(|| "0.system".into())).unwrap_or_default()
}

/// Reads a file in one go: how long it is. `None`: it cannot be read, or does not fit.
fn read_into(path: &Path, buffer: &mut [u8]) -> Option<usize> {
    let len = File::open(path).ok()?.read(buffer).ok()?;
    (len < buffer.len()).then_some(len)
}

/// The part of a file that PHP reads, from the block with 64-bit times on, where it is as RFC 8536 says; version 2 or later, without
/// leap seconds.
fn zone(content: &[u8]) -> Option<&[u8]> {
    let first = Block::at(content, 0, 4)?;
    let second = content.get(first.end..)?;
    rules_end(second).map(|end| &second[..end])
}

/// Where the rules end that begin with a block with 64-bit times.
pub(super) fn rules_end(content: &[u8]) -> Option<usize> {
    let block = Block::at(content, 0, 8)?;
    let types = content.get(block.types..block.types + 6 * block.type_count)?;
    let abbreviations = content.get(block.abbreviations..block.abbreviations + block.char_count)?;
    let indices = content.get(block.indices..block.types)?;
    let sound = block.type_count > 0
        && block.leap_count == 0
        && indices.iter().all(|&index| usize::from(index) < block.type_count)
        && abbreviations.last() == Some(&0)
        && types
            .chunks_exact(6)
            .all(|kind| usize::from(kind[5]) < block.char_count)
        && block.standard_count <= block.type_count
        && block.universal_count <= block.type_count;
    let footer = content.get(block.end..)?.strip_prefix(b"\n")?;
    let end = footer.iter().position(|&byte| byte == b'\n')?;
    (sound && !footer[..end].contains(&0)).then_some(block.end + end + 2)
}

/// Where the parts of one of a file's two blocks are.
struct Block {
    type_count: usize,
    char_count: usize,
    leap_count: usize,
    standard_count: usize,
    universal_count: usize,
    indices: usize,
    types: usize,
    abbreviations: usize,
    end: usize,
}

impl Block {
    /// Times have `width` bytes. `None`: there is no such block, or it is not whole.
    fn at(content: &[u8], start: usize, width: usize) -> Option<Self> {
        let head = content.get(start..start.checked_add(HEAD)?)?;
        if !head.starts_with(MAGIC) || !matches!(head[MAGIC.len()], b'2'..=b'4') {
            return None;
        }
        let mut counts = [0; 6];
        for (count, bytes) in counts.iter_mut().zip(head[PREAMBLE..].chunks_exact(4)) {
            *count = usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()?;
        }
        let [
            universal_count,
            standard_count,
            leap_count,
            time_count,
            type_count,
            char_count,
        ] = counts;
        // No file of LARGEST has more of anything, so that nothing below overflows.
        if counts.iter().any(|&count| count > content.len()) {
            return None;
        }
        let indices = start + HEAD + time_count * width;
        let types = indices + time_count;
        let abbreviations = types + 6 * type_count;
        let end = abbreviations + char_count + leap_count * (width + 4) + standard_count + universal_count;
        (end <= content.len()).then_some(Self {
            type_count,
            char_count,
            leap_count,
            standard_count,
            universal_count,
            indices,
            types,
            abbreviations,
            end,
        })
    }
}

/// `zone.tab`: country, coordinates, zone, comments, with tabs in between.
fn locations(text: &[u8]) -> Locations<'_> {
    text.split(|&byte| byte == b'\n')
        .filter(|line| !line.starts_with(b"#"))
        .filter_map(|line| {
            let mut fields = line.split(|&byte| byte == b'\t');
            let country = fields.next()?.try_into().ok()?;
            let (latitude, longitude) = coordinates(fields.next()?)?;
            let name = fields.next()?;
            let location = Location {
                country,
                latitude,
                longitude,
                comments: fields.next().unwrap_or_default(),
            };
            Some((name, location))
        })
        .collect()
}

/// ISO 6709: `±DDMM±DDDMM` or `±DDMMSS±DDDMMSS`, in 100,000ths of a degree.
fn coordinates(text: &[u8]) -> Option<(i32, i32)> {
    let second = text.iter().skip(1).position(|byte| b"+-".contains(byte))? + 1;
    let (latitude, longitude) = text.split_at(second);
    Some((angle(latitude, 2, 90)?, angle(longitude, 3, 180)?))
}

fn angle(text: &[u8], digits: usize, most: i32) -> Option<i32> {
    let (sign, number) = (text.first()?, std::str::from_utf8(text.get(1..)?).ok()?);
    if !number.bytes().all(|byte| byte.is_ascii_digit()) || ![digits + 2, digits + 4].contains(&number.len()) {
        return None;
    }
    let part = |from: usize, to: usize| number.get(from..to).map_or(Some(0), |part| part.parse::<u16>().ok());
    let (degrees, minutes, seconds) = (
        part(0, digits)?,
        part(digits, digits + 2)?,
        part(digits + 2, digits + 4)?,
    );
    // As distributions' PHPs calculate it, so that not even a last digit differs.
    let size = f64::from(degrees) + f64::from(minutes) / 60.0 + f64::from(seconds) / 3600.0;
    let sign = if *sign == b'-' { -1.0 } else { 1.0 };
    // Three digits, and 100,000 times as many are far below the limit; what is behind the point is to be cut.
    #[allow(clippy::cast_possible_truncation)]
    let parts = (size * sign * 100_000.0).trunc() as i32;
    (parts.abs() <= most * 100_000).then_some(parts)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::elf::testing::TempDir;

    /// A file with one type, `UTC`, and the given footer.
    fn file(version: u8, footer: &[u8]) -> Vec<u8> {
        let block = |version: u8| {
            let mut bytes = [MAGIC, &[version], &[0; 15]].concat();
            for count in [0u32, 0, 0, 0, 1, 4] {
                bytes.extend_from_slice(&count.to_be_bytes());
            }
            bytes.extend_from_slice(&[0, 0, 0, 0, 0, 0]);
            bytes.extend_from_slice(b"UTC\0");
            bytes
        };
        [block(version), block(version), footer.to_vec()].concat()
    }

    #[test]
    fn a_zone_ends_with_its_footer() {
        let whole = file(b'2', b"\nUTC0\n");
        let rules = &whole[HEAD + 6 + 4..];
        assert_eq!(zone(&whole), Some(rules));
        assert_eq!(zone(&[&whole[..], b"more"].concat()), Some(rules));
    }

    #[test]
    fn what_is_cut_is_no_zone() {
        let whole = file(b'3', b"\nUTC0\n");
        for len in 0..whole.len() {
            assert_eq!(zone(&whole[..len]), None, "{len} bytes");
        }
    }

    #[test]
    fn what_points_outside_is_no_zone() {
        assert_eq!(zone(&file(0, b"\nUTC0\n")), None, "version 1");
        assert_eq!(zone(&file(b'2', b"\nU\0C0\n")), None, "a NUL byte in the footer");
        let mut high = file(b'2', b"\nUTC0\n");
        let at = high.len() - b"\nUTC0\n".len() - b"UTC\0".len() - 1;
        high[at] = 4; // the abbreviation's place
        assert_eq!(zone(&high), None, "an abbreviation behind the last");
        let mut many = file(b'2', b"\nUTC0\n");
        many[PREAMBLE..PREAMBLE + 4].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(zone(&many), None, "a count that is too large");
    }

    #[test]
    fn coordinates_have_minutes_or_seconds() {
        assert_eq!(coordinates(b"+5230+01322"), Some((5_250_000, 1_336_666)));
        assert_eq!(coordinates(b"-2516-05740"), Some((-2_526_666, -5_766_666)));
        assert_eq!(coordinates(b"+404251-0740023"), Some((4_071_416, -7_400_638)));
        assert_eq!(
            coordinates(b"+3733-07721"),
            Some((3_754_999, -7_734_999)),
            "cut as a sum of fractions is"
        );
        for wrong in ["", "+", "+5230", "+52x0+01322", "+9130+01322", "+5230+1322"] {
            assert_eq!(coordinates(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn the_version_is_the_release() {
        assert_eq!(release(b"# version 2025b\n# more").to_bytes(), b"2025.2");
        for other in [
            &b""[..],
            b"# version 2025",
            b"# version x025b",
            b"# redo posix_only",
            b"# version 2025\n",
        ] {
            assert_eq!(release(other).to_bytes(), b"0.system");
        }
    }

    #[test]
    fn the_table_is_sorted_as_php_searches_it() {
        let temporary = TempDir::new();
        let directory = temporary.path();
        fs::create_dir_all(directory.join("Europe")).expect("a directory");
        fs::create_dir_all(directory.join("right")).expect("a directory");
        for name in ["UTC", "Zulu", "europe.list", "Europe/Berlin", "EST", "right/UTC"] {
            fs::write(directory.join(name), file(b'2', b"\nUTC0\n")).expect("a file");
        }
        fs::write(directory.join("tzdata.zi"), "# version").expect("a file");
        fs::write(
            directory.join("zone.tab"),
            "#code\nDE\t+5230+01322\tEurope/Berlin\tmost\n",
        )
        .expect("a file");
        let zones = TimeZones::read(directory).expect("zones").0;
        assert_eq!(names(&zones), ["EST", "europe.list", "Europe/Berlin", "UTC", "Zulu"]);
        let head = |index: usize| {
            let at = zones.zones[index].position as usize;
            &zones.data[at..at + 7]
        };
        assert_eq!(head(2), b"PHP2\x01DE");
        assert_eq!(head(3), b"PHP2\x01??");
        assert_eq!(head(4), b"PHP2\x00??");
        assert!(zones.data.windows(8).any(|bytes| bytes == b"\0\0\0\x04most"));
    }

    fn names(zones: &TimeZones) -> Vec<&str> {
        let name = |zone| std::str::from_utf8(zones.name(zone)).expect("text");
        zones.zones.iter().map(name).collect()
    }

    #[test]
    fn links_are_zones_of_their_own() {
        let temporary = TempDir::new();
        let directory = temporary.path();
        fs::create_dir_all(directory.join("Europe")).expect("a directory");
        fs::write(directory.join("Europe/Berlin"), file(b'2', b"\nCET-1\n")).expect("a file");
        fs::write(directory.join("Europe/no zone"), "text").expect("a file");
        for (name, to) in [
            ("Europe/Beside", "Berlin"),
            ("Europe/Twice", "Beside"),
            ("Europe/Back", "../Europe/Berlin"),
            ("Europe/None", "no zone"),
            ("Above", "Europe/Berlin"),
            ("Nowhere", "missing"),
            ("Round", "Round"),
            ("Again", "Europe"),
        ] {
            symlink(to, directory.join(name)).expect("a link");
        }
        fs::write(directory.join("zone.tab"), "DE\t+5230+01322\tEurope/Beside\n").expect("a file");
        let zones = TimeZones::read(directory).expect("zones").0;
        let below = |prefix: &str| ["Back", "Berlin", "Beside", "Twice"].map(|name| format!("{prefix}/{name}"));
        let expected = [vec!["Above".to_owned()], below("Again").into(), below("Europe").into()].concat();
        assert_eq!(names(&zones), expected);
        let whole = file(b'2', b"\nCET-1\n");
        for zone in &zones.zones {
            assert_eq!(Some(&zones.data[zone.rules.clone()]), super::zone(&whole), "{zone:?}");
            let listed = zones.name(zone) == b"Europe/Beside";
            assert_eq!(zones.data[zone.position as usize + 4] == 1, listed, "{zone:?}");
        }
    }

    /// A directory with a zone, a link to it and one that leads out of it, and what was read of it.
    fn kept(directory: &Path) -> Vec<u8> {
        fs::create_dir_all(directory.join("zones/Europe")).expect("a directory");
        for (name, footer) in [("zones/Europe/Berlin", "\nCET-1\n"), ("away", "\nUTC0\n")] {
            fs::write(directory.join(name), file(b'2', footer.as_bytes())).expect("a file");
        }
        fs::write(
            directory.join("zones/zone.tab"),
            "DE\t+5230+01322\tEurope/Berlin\tmost\n",
        )
        .expect("a file");
        symlink("Berlin", directory.join("zones/Europe/Beside")).expect("a link");
        symlink("../away", directory.join("zones/Away")).expect("a link");
        // So that the next change is at another time, whatever the clock's steps.
        for name in ["zones", "zones/Europe", "zones/zone.tab", "away"] {
            let file = File::open(directory.join(name)).expect("opened");
            file.set_modified(std::time::UNIX_EPOCH).expect("set");
        }
        let (zones, state) = TimeZones::read(&directory.join("zones")).expect("zones");
        super::super::kept::write(&zones, &state)
    }

    #[test]
    fn what_is_kept_is_what_was_read() {
        let directory = TempDir::new();
        let bytes = kept(directory.path());
        let again = super::super::kept::read(&bytes).expect("zones");
        let (zones, state) = TimeZones::read(&directory.path().join("zones")).expect("zones");
        assert_eq!(names(&again), ["Away", "Europe/Berlin", "Europe/Beside"]);
        assert_eq!(super::super::kept::write(&again, &state), bytes);
        assert_eq!(zones.version, again.version);
    }

    #[test]
    fn what_is_kept_ends_when_something_changes() {
        let changes: [fn(&Path); 5] = [
            |zones| fs::write(zones.join("Europe/Paris"), "more").expect("a file"),
            |zones| fs::remove_file(zones.join("Europe/Berlin")).expect("removed"),
            |zones| fs::write(zones.join("zone.tab"), "").expect("a file"),
            |zones| fs::write(zones.join("tzdata.zi"), "# version 2030a\n").expect("a file"),
            |zones| fs::write(zones.join("../away"), file(b'2', b"\nCET-1\n")).expect("a file"),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let directory = TempDir::new();
            let bytes = kept(directory.path());
            assert!(super::super::kept::read(&bytes).is_some(), "change {index}");
            change(&directory.path().join("zones"));
            assert!(super::super::kept::read(&bytes).is_none(), "change {index}");
        }
    }

    #[test]
    fn what_is_kept_is_not_believed() {
        let directory = TempDir::new();
        let bytes = kept(directory.path());
        for len in 0..bytes.len() {
            assert!(super::super::kept::read(&bytes[..len]).is_none(), "{len} bytes");
        }
        assert!(super::super::kept::read(&[&bytes[..], b"more"].concat()).is_none());
        // Another byte gives nothing, or a table in which every place is inside.
        for at in 0..bytes.len() {
            for flip in [1, 0x80, 0xff] {
                let mut wrong = bytes.clone();
                wrong[at] ^= flip;
                let Some(zones) = super::super::kept::read(&wrong) else {
                    continue;
                };
                for zone in &zones.zones {
                    assert!(zone.rules.end < zones.data.len(), "byte {at}");
                    assert!(super::rules_end(&zones.data[zone.rules.clone()]).is_some(), "byte {at}");
                    assert!(zones.names[zone.name..].contains(&0), "byte {at}");
                }
            }
        }
    }

    #[test]
    fn a_directory_without_zones_is_none() {
        assert!(TimeZones::read(Path::new("/proc/self/fdinfo")).is_none());
        assert!(TimeZones::read(Path::new("/nowhere")).is_none());
    }
}
