//! Any bytes at all, through the inspector and the relinker.
#![no_main]

use std::collections::HashSet;
use std::panic::PanicHookInfo;
use std::sync::Mutex;

use libfuzzer_sys::fuzz_target;

#[path = "../invariants.rs"]
mod invariants;

/// The relinker catches panics of the crate `object-rewrite`, so a panic alone is no crash here; one that escapes is, by
/// libfuzzer-sys. Each place that panics is told once.
fn tell(panic: &PanicHookInfo<'_>) {
    static TOLD: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let mut told = TOLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if told.get_or_insert_default().insert(place) {
        eprintln!("{panic}");
    }
}

fuzz_target!(
    init: std::panic::set_hook(Box::new(tell)),
    |bytes: &[u8]| {
        invariants::hold(bytes);
    }
);
