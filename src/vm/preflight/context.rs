//! What all checks share.

use std::os::fd::OwnedFd;

use super::super::sys::memfd;
use super::HostEnv;
use super::cache::Cache;
use super::error::PreflightError;
use super::maps;
use super::trust::Trust;

/// The process as the checks see it, and what they leave behind.
pub(super) struct Context<'e> {
    pub(super) env: &'e HostEnv,
    pub(super) trust: Trust,
    /// `Err` says why there is none.
    pub(super) cache: Result<Cache, String>,
    /// `/proc/self/maps`; empty: there is none.
    pub(super) maps: String,
    pub(super) keep_open: Vec<OwnedFd>,
    pub(super) warnings: Vec<String>,
}

impl<'e> Context<'e> {
    pub(super) fn new(env: &'e HostEnv) -> Self {
        let user = memfd::effective_user();
        let trust = Trust::new(user, &env.own_library_path);
        let cache = match &env.cache_dir {
            Some(directory) => Cache::open(directory, user, &trust),
            None => Err("no cache directory is known; set ffi_zts.cache_dir".into()),
        };
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        Self {
            env,
            trust,
            cache,
            maps,
            keep_open: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn check_process(&self) -> Result<(), PreflightError> {
        if self.maps.is_empty() {
            return Err(PreflightError::NoProc);
        }
        match maps::allocator(&self.maps) {
            Some(path) => Err(PreflightError::Allocator { path: path.into() }),
            None => Ok(()),
        }
    }
}
