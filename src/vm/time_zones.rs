//! Rules of time zones for the guest, where its host reads the system's and not those that php-src brings.
//!
//! Distributions patch PHP so that it reads `/usr/share/zoneinfo`, which is updated more often than PHP. The guest is PHP's own
//! source with PHP's own table; with other rules than the host's the same `DateTime` would be another instant there. php-src has
//! its table in one piece (`timelib_tzdb`: `ext/date/lib/timelib.h`, `parse_tz.c`). Here such a piece is made of the system's
//! files: for each zone a head of PHP's, the file's content, and where the zone lies (`zone.tab`).
//!
//! What is in a file is checked as far as PHP trusts it. A file that does not pass is no zone.

use std::collections::HashMap;
use std::ffi::CString;
use std::fs::{self, File};
use std::io::Read;
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
    zones: Vec<(CString, u32)>,
    data: Vec<u8>,
    version: CString,
    /// The file that is being read.
    buffer: Vec<u8>,
}

impl TimeZones {
    /// Reads a directory of files. `None`: there is no zone in it.
    #[must_use]
    pub fn read(directory: &Path) -> Option<Self> {
        let locations = fs::read(directory.join("zone.tab")).map_or_else(|_| HashMap::new(), |text| locations(&text));
        let mut zones = Self {
            zones: Vec::with_capacity(1024),
            data: Vec::with_capacity(2 << 20),
            version: version(&fs::read(directory.join("tzdata.zi")).unwrap_or_default()),
            buffer: vec![0; LARGEST],
        };
        zones.add_directory(directory, b"", &locations);
        zones
            .zones
            .sort_by_key(|(name, _)| name.to_bytes().to_ascii_lowercase());
        (!zones.zones.is_empty()).then_some(zones)
    }

    fn add_directory(&mut self, directory: &Path, prefix: &[u8], locations: &HashMap<Vec<u8>, Location>) {
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
            let (name, path) = ([prefix, own].concat(), entry.path());
            let kind = match entry.file_type() {
                Ok(kind) if kind.is_symlink() => fs::metadata(&path).map(|about| about.file_type()),
                kind => kind,
            };
            match kind {
                // A link may lead back to where it stands.
                Ok(kind) if kind.is_dir() && prefix.split(|&byte| byte == b'/').count() < DEEPEST => {
                    self.add_directory(&path, &[&name[..], b"/"].concat(), locations);
                }
                Ok(kind) if kind.is_file() => self.add_file(&path, name, locations),
                _ => {}
            }
        }
    }

    fn add_file(&mut self, path: &Path, name: Vec<u8>, locations: &HashMap<Vec<u8>, Location>) {
        let (Some(len), Ok(position)) = (read_into(path, &mut self.buffer), u32::try_from(self.data.len())) else {
            return;
        };
        let Some(file) = zone(&self.buffer[..len]) else { return };
        let unknown = Location::unknown();
        let known = locations.get(&name);
        let location = known.unwrap_or(&unknown);
        let listed = known.is_some() || name == b"UTC";
        let Ok(name) = CString::new(name) else { return };
        self.data.extend_from_slice(b"PHP2");
        self.data.push(listed.into());
        self.data.extend_from_slice(&location.country);
        self.data.resize(self.data.len() + PREAMBLE - 7, 0);
        self.data.extend_from_slice(&file[PREAMBLE..]);
        for (degrees, base) in [(location.latitude, 90), (location.longitude, 180)] {
            self.data.extend_from_slice(&(degrees + base * 100_000).to_be_bytes());
        }
        let comments = &location.comments[..location.comments.len().min(0xffff)];
        self.data
            .extend_from_slice(&u32::try_from(comments.len()).unwrap_or(0).to_be_bytes());
        self.data.extend_from_slice(comments);
        self.zones.push((name, position));
    }

    /// For the guest, which keeps the pointers: it lives as long as the process.
    pub(super) fn into_abi(self) -> &'static abi::TimeZones {
        let entries: Vec<_> = self
            .zones
            .into_iter()
            .map(|(name, position)| abi::TimeZone {
                name: name.into_raw(),
                position,
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

/// PHP's name for a release (2025b is 2025.2), by the first line of `tzdata.zi`; what distributions' PHPs say where there is none.
fn version(text: &[u8]) -> CString {
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

/// The part of a file that PHP reads, where it is as RFC 8536 says; version 2 or later, without leap seconds.
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
    (sound && !footer[..end].contains(&0)).then(|| &content[..second.end + end + 2])
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
        assert_eq!(zone(&whole), Some(&whole[..]));
        assert_eq!(zone(&[&whole[..], b"more"].concat()), Some(&whole[..]));
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
        assert_eq!(version(b"# version 2025b\n# more").to_bytes(), b"2025.2");
        for other in [
            &b""[..],
            b"# version 2025",
            b"# version x025b",
            b"# redo posix_only",
            b"# version 2025\n",
        ] {
            assert_eq!(version(other).to_bytes(), b"0.system");
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
        let names: Vec<_> = zones
            .zones
            .iter()
            .map(|(name, _)| name.to_str().expect("text"))
            .collect();
        assert_eq!(names, ["EST", "europe.list", "Europe/Berlin", "UTC", "Zulu"]);
        let head = |index: usize| {
            let at = zones.zones[index].1 as usize;
            &zones.data[at..at + 7]
        };
        assert_eq!(head(2), b"PHP2\x01DE");
        assert_eq!(head(3), b"PHP2\x01??");
        assert_eq!(head(4), b"PHP2\x00??");
        assert!(zones.data.windows(8).any(|bytes| bytes == b"\0\0\0\x04most"));
    }

    #[test]
    fn a_directory_without_zones_is_none() {
        assert!(TimeZones::read(Path::new("/proc/self/fdinfo")).is_none());
        assert!(TimeZones::read(Path::new("/nowhere")).is_none());
    }
}
