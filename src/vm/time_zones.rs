//! Rules of time zones for the guest, where its host reads the system's and not those that php-src brings.
//!
//! Distributions patch PHP so that it reads `/usr/share/zoneinfo`, which is updated more often than PHP. The guest is PHP's own
//! source with PHP's own table; with other rules than the host's the same `DateTime` would be another instant there. php-src has
//! its table in one piece (`timelib_tzdb`: `ext/date/lib/timelib.h`, `parse_tz.c`). Here such a piece is made of the system's
//! files: for each zone a head of PHP's, the file's content, and where the zone lies (`zone.tab`).
//!
//! What is in a file is checked as far as PHP trusts it. A file that does not pass is no zone.

use std::collections::HashMap;
use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::io::Read;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::bridge::abi;

/// Where distributions' PHPs look.
pub const SYSTEM: &str = "/usr/share/zoneinfo";

/// Head of a file (RFC 8536, 3.1): magic, version, reserved bytes, six counts.
const HEAD: usize = 44;
const MAGIC: &[u8] = b"TZif";
/// Head of PHP's: as long as a file's without the counts.
const PREAMBLE: usize = 20;
/// Counts of a block for 32-bit times, which PHP steps over: there is nothing in it.
const NO_COUNTS: [u8; 24] = [0; HEAD - PREAMBLE];
/// Files as large as this are none of a zone's.
const LARGEST: usize = 64 << 10;

/// Directories below each other; names have two of them (`America/Argentina/Ushuaia`).
const DEEPEST: usize = 5;

/// What `zone.tab` says of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Location {
    country: [u8; 2],
    /// In 100,000ths of a degree, cut.
    latitude: i32,
    longitude: i32,
    comments: Vec<u8>,
}

impl Location {
    /// Of a zone that is not in the table.
    fn unknown() -> Self {
        Self {
            country: *b"??",
            latitude: 0,
            longitude: 0,
            comments: b"?".to_vec(),
        }
    }
}

/// A table of time zones in the form that PHP has its own in.
#[derive(Debug)]
pub struct TimeZones {
    /// By name, as PHP searches them: without regard to case.
    zones: Vec<Zone>,
    /// The names, NUL-terminated.
    names: Vec<u8>,
    data: Vec<u8>,
    version: CString,
}

#[derive(Debug)]
struct Zone {
    /// Where its name begins in `names`.
    name: usize,
    /// Where it begins in `data`.
    position: u32,
    /// Where in `data` what its file says is.
    rules: Range<usize>,
}

/// What a directory is read with. 600 files are read while the guest waits for them, so there is no call of the system and no
/// allocation for one that could be done without.
struct Reader {
    zones: TimeZones,
    locations: HashMap<Vec<u8>, Location>,
    /// Links to zones of the same directory: name, what it leads to.
    links: Vec<(Vec<u8>, Vec<u8>)>,
    /// The file that is being read.
    buffer: Box<[u8]>,
}

impl TimeZones {
    /// Reads a directory of files. `None`: there is no zone in it.
    #[must_use]
    pub fn read(directory: &Path) -> Option<Self> {
        let locations = fs::read(directory.join("zone.tab")).map_or_else(|_| HashMap::new(), |text| locations(&text));
        let mut reader = Reader {
            zones: Self {
                zones: Vec::with_capacity(1024),
                names: Vec::with_capacity(16 << 10),
                data: Vec::with_capacity(2 << 20),
                version: version(directory),
            },
            locations,
            links: Vec::new(),
            buffer: vec![0; LARGEST].into(),
        };
        reader.add_directory(directory, b"");
        // What a link leads to may hold further ones.
        while !reader.links.is_empty() {
            reader.add_links(directory);
        }
        let Reader { zones: mut read, .. } = reader;
        read.sort();
        (!read.zones.is_empty()).then_some(read)
    }

    fn name(&self, zone: &Zone) -> &[u8] {
        let rest = &self.names[zone.name..];
        let end = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
        &rest[..end]
    }

    fn sort(&mut self) {
        let mut zones = std::mem::take(&mut self.zones);
        zones.sort_unstable_by(|one, other| {
            let lower = |zone| self.name(zone).iter().map(u8::to_ascii_lowercase);
            lower(one).cmp(lower(other))
        });
        self.zones = zones;
    }

    /// `rules` are what [`zone`] has found.
    fn add(&mut self, name: &[u8], rules: &[u8], location: Option<&Location>) {
        let Ok(position) = u32::try_from(self.data.len()) else {
            return;
        };
        let unknown = Location::unknown();
        let listed = location.is_some() || name == b"UTC";
        let location = location.unwrap_or(&unknown);
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

    /// For the guest, which keeps the pointers: it lives as long as the process.
    pub(super) fn into_abi(self) -> &'static abi::TimeZones {
        let names: &'static [u8] = self.names.leak();
        let entries: Vec<_> = self
            .zones
            .into_iter()
            .map(|zone| abi::TimeZone {
                name: names[zone.name..].as_ptr().cast(),
                position: zone.position,
            })
            .collect();
        let (entries, data) = (entries.leak(), self.data.leak());
        Box::leak(Box::new(abi::TimeZones {
            count: entries.len(),
            zones: entries.as_ptr(),
            data: data.as_ptr(),
            version: self.version.into_raw(),
        }))
    }
}

impl Reader {
    fn add_directory(&mut self, directory: &Path, prefix: &[u8]) {
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

    fn add_target(&mut self, path: &Path, name: &[u8]) {
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
fn version(directory: &Path) -> CString {
    let mut start = [0; 32];
    let file = File::open(directory.join("tzdata.zi"));
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
    let second = Block::at(content, first.end, 8)?;
    let types = content.get(second.types..second.types + 6 * second.type_count)?;
    let abbreviations = content.get(second.abbreviations..second.abbreviations + second.char_count)?;
    let indices = content.get(second.indices..second.types)?;
    let sound = second.type_count > 0
        && second.leap_count == 0
        && indices.iter().all(|&index| usize::from(index) < second.type_count)
        && abbreviations.last() == Some(&0)
        && types
            .chunks_exact(6)
            .all(|kind| usize::from(kind[5]) < second.char_count)
        && second.standard_count <= second.type_count
        && second.universal_count <= second.type_count;
    let rest = content.get(second.end..)?;
    let footer = rest.strip_prefix(b"\n")?;
    let end = footer.iter().position(|&byte| byte == b'\n')?;
    (sound && !footer[..end].contains(&0)).then(|| &content[first.end..second.end + end + 2])
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
fn locations(text: &[u8]) -> HashMap<Vec<u8>, Location> {
    text.split(|&byte| byte == b'\n')
        .filter(|line| !line.starts_with(b"#"))
        .filter_map(|line| {
            let mut fields = line.split(|&byte| byte == b'\t');
            let country = fields.next()?.try_into().ok()?;
            let (latitude, longitude) = coordinates(fields.next()?)?;
            let name = fields.next()?.to_vec();
            let comments = fields.next().unwrap_or_default().to_vec();
            let location = Location {
                country,
                latitude,
                longitude,
                comments,
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
        let directory = std::env::temp_dir().join(format!("ffi_zts-zones-{}", std::process::id()));
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
        let zones = TimeZones::read(&directory).expect("zones");
        fs::remove_dir_all(&directory).expect("removed");
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
        let directory = std::env::temp_dir().join(format!("ffi_zts-links-{}", std::process::id()));
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
        let zones = TimeZones::read(&directory).expect("zones");
        fs::remove_dir_all(&directory).expect("removed");
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

    #[test]
    fn a_directory_without_zones_is_none() {
        assert!(TimeZones::read(Path::new("/proc/self/fdinfo")).is_none());
        assert!(TimeZones::read(Path::new("/nowhere")).is_none());
    }
}
