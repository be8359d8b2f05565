//! Rules of time zones for the guest, where its host reads the system's and not those that php-src brings.
//!
//! Distributions patch PHP so that it reads `/usr/share/zoneinfo`, which is updated more often than PHP. The guest is PHP's own
//! source with PHP's own table; with other rules than the host's the same `DateTime` would be another instant there. php-src has
//! its table in one piece (`timelib_tzdb`: `ext/date/lib/timelib.h`, `parse_tz.c`). Here such a piece is made of the system's
//! files: for each zone a head of PHP's, the file's content, and where the zone lies (`zone.tab`).
//!
//! What is in a file is checked as far as PHP trusts it. A file that does not pass is no zone.

mod files;
mod kept;

use std::ffi::CString;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;

use super::preflight::Cache;
use crate::bridge::abi;
use crate::core::event::lock;

/// Where distributions' PHPs look.
const SYSTEM: &str = "/usr/share/zoneinfo";

/// Head of PHP's: as long as a file's without the counts.
const PREAMBLE: usize = 20;
/// Counts of a block for 32-bit times, which PHP steps over: there is nothing in it.
const NO_COUNTS: [u8; 24] = [0; 24];

/// Where a guest's time zones come from.
#[derive(Debug)]
pub struct Source {
    directory: PathBuf,
    cache: Mutex<Option<Cache>>,
}

impl Source {
    /// The system's, kept in `cache` in the form that PHP has them in.
    #[must_use]
    pub fn system(cache: Option<Cache>) -> Self {
        Self {
            directory: SYSTEM.into(),
            cache: Mutex::new(cache),
        }
    }

    /// Reads them; from the cache the first time only, which is closed then. `None`: there are none.
    pub(super) fn read(&self) -> Option<TimeZones> {
        let Some(cache) = lock(&self.cache).take() else {
            return TimeZones::read(&self.directory).map(|(zones, _)| zones);
        };
        if let Some(zones) = cache
            .kept(kept::NAME, kept::LARGEST)
            .and_then(|bytes| kept::read(&bytes))
        {
            return Some(zones);
        }
        let (zones, state) = TimeZones::read(&self.directory)?;
        if state.is_settled() {
            cache.keep(kept::NAME, &kept::write(&zones, &state));
        }
        Some(zones)
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

impl TimeZones {
    fn name(&self, zone: &Zone) -> &[u8] {
        let rest = &self.names[zone.name..];
        let end = rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len());
        &rest[..end]
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
