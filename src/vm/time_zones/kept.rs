//! The table as it is kept in the cache, with the state of what it was made of.
//!
//! 600 files are 1,800 calls of the system, 3 ms of a boot; this is one file. It holds for as long as no directory of the zones has
//! changed, which is whenever a file comes, goes or is replaced, and no file that zones lie outside of them. (A zone's file that is
//! written over in its place is not noticed; packages replace files.)
//!
//! # Safety
//! Scripts run as the cache's user, too. So nothing that is read here is believed but that what it says is so of time zones: every
//! place must lie inside, every zone is looked at as one that comes from a file.

use std::ffi::CString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::files::rules_end;
use super::{NO_COUNTS, PREAMBLE, TimeZones, Zone};

/// Its entry in the cache.
pub(super) const NAME: &str = "time-zones";
/// Larger ones are none of ours.
pub(super) const LARGEST: u64 = 16 << 20;
/// The form below, and the one that PHP reads.
const FORM: &[u8] = b"ffi_zts time zones 1\n";
/// What follows a zone's rules: two coordinates, the length of a comment.
const PLACE: usize = 12;

/// What would be otherwise if a file or a directory were another one.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    facts: Option<[u64; 6]>,
}

impl Stamp {
    fn of(path: PathBuf) -> Self {
        let facts = std::fs::metadata(&path).ok().map(|about| {
            [
                about.dev(),
                about.ino(),
                about.mtime().cast_unsigned(),
                about.mtime_nsec().cast_unsigned(),
                about.ctime().cast_unsigned(),
                about.ctime_nsec().cast_unsigned(),
            ]
        });
        Self { path, facts }
    }
}

/// What a table was made of.
#[derive(Debug, Default)]
pub(super) struct State {
    stamps: Vec<Stamp>,
}

impl State {
    /// Notes how a file or a directory is, before it is read.
    pub(super) fn note(&mut self, path: &Path) {
        self.stamps.push(Stamp::of(path.to_owned()));
    }

    /// Nothing has changed so recently that another change would be of the same time.
    pub(super) fn is_settled(&self) -> bool {
        let second = |at: SystemTime| at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let recent = second(SystemTime::now()).saturating_sub(2);
        let mut facts = self.stamps.iter().filter_map(|stamp| stamp.facts);
        facts.all(|[.., modified, _, changed, _]| modified.max(changed) < recent)
    }
}

/// The bytes to keep.
pub(super) fn write(zones: &TimeZones, state: &State) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(zones.data.len() + zones.names.len() + (32 << 10));
    bytes.extend_from_slice(FORM);
    put(&mut bytes, state.stamps.len());
    for Stamp { path, facts } in &state.stamps {
        put_all(&mut bytes, path.as_os_str().as_bytes());
        bytes.push(facts.is_some().into());
        for fact in facts.unwrap_or_default() {
            bytes.extend_from_slice(&fact.to_ne_bytes());
        }
    }
    put_all(&mut bytes, zones.version.as_bytes());
    put_all(&mut bytes, &zones.names);
    put(&mut bytes, zones.zones.len());
    for zone in &zones.zones {
        for number in [zone.name, zone.position as usize, zone.rules.end] {
            put(&mut bytes, number);
        }
    }
    put_all(&mut bytes, &zones.data);
    bytes
}

fn put(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&(number as u64).to_ne_bytes());
}

fn put_all(bytes: &mut Vec<u8>, all: &[u8]) {
    put(bytes, all.len());
    bytes.extend_from_slice(all);
}

/// The table, where it is whole and what it was made of is as it was.
pub(super) fn read(bytes: &[u8]) -> Option<TimeZones> {
    let mut rest = Rest(bytes.strip_prefix(FORM)?);
    for _ in 0..rest.number()? {
        let path = PathBuf::from(std::ffi::OsString::from_vec(rest.all()?.to_vec()));
        let known = rest.take(1)? != [0];
        let mut facts = [0; 6];
        for fact in &mut facts {
            *fact = u64::from_ne_bytes(rest.take(8)?.try_into().ok()?);
        }
        let before = known.then_some(facts);
        if Stamp::of(path).facts != before {
            return None;
        }
    }
    let version = CString::new(rest.all()?).ok()?;
    let names = rest.all()?.to_vec();
    let count = rest.number()?;
    let mut places = Rest(rest.take(count.checked_mul(24)?)?);
    let mut table = TimeZones {
        zones: Vec::with_capacity(count),
        names,
        data: rest.all()?.to_vec(),
        version,
    };
    for _ in 0..count {
        let zone = checked(&table, [places.number()?, places.number()?, places.number()?])?;
        table.zones.push(zone);
    }
    let in_order = table
        .zones
        .is_sorted_by(|one, next| before(table.name(one), table.name(next)));
    (rest.0.is_empty() && in_order && count > 0).then_some(table)
}

fn before(one: &[u8], next: &[u8]) -> bool {
    one.iter()
        .map(u8::to_ascii_lowercase)
        .lt(next.iter().map(u8::to_ascii_lowercase))
}

/// A zone of the table as `write` has put it down: name, position, end of the rules.
fn checked(table: &TimeZones, [name, position, end]: [usize; 3]) -> Option<Zone> {
    let named = table.names.get(name..)?.contains(&0);
    let start = position.checked_add(PREAMBLE + NO_COUNTS.len())?;
    let head = table.data.get(position..start)?;
    let rules = table.data.get(start..end)?;
    let place: &[u8; PLACE] = table.data.get(end..)?.first_chunk()?;
    let comment = u32::from_be_bytes(*place.last_chunk()?);
    table.data.get(end + PLACE..)?.get(..comment as usize)?;
    let sound = head.starts_with(b"PHP2") && head.ends_with(&NO_COUNTS) && rules_end(rules) == Some(rules.len());
    (named && sound).then_some(Zone {
        name,
        position: position.try_into().ok()?,
        rules: start..end,
    })
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_ne_bytes(self.take(8)?.try_into().ok()?)).ok()
    }

    fn all(&mut self) -> Option<&'a [u8]> {
        let len = self.number()?;
        self.take(len)
    }
}
