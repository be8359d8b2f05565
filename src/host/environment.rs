//! The host's environment, as jobs get it.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::facts;

thread_local! {
    /// The copy that was handed out last: consecutive jobs share it while nothing changed.
    static LAST: RefCell<Arc<[u8]>> = RefCell::new(Arc::from([]));
}

/// `A=1\0B=2\0` of this moment. Must run on the host's thread: it is the one that may change the environment.
pub(super) fn snapshot() -> Arc<[u8]> {
    LAST.with_borrow_mut(|last| {
        if !is_current(last) {
            *last = collect().into();
        }
        Arc::clone(last)
    })
}

/// As the process was started, and in which process that was read: of one that FPM forks, what its pool makes of it.
type First = Option<(u32, &'static [u8])>;

thread_local! {
    static FIRST: Cell<First> = const { Cell::new(None) };
    /// dl() has loaded this extension: PHP code ran before.
    static IS_LATE: Cell<bool> = const { Cell::new(false) };
}

/// Scripts may have changed the environment before this extension was loaded.
pub(super) fn is_late() {
    IS_LATE.set(true);
}

/// A request begins, and no PHP code has run in it.
pub(super) fn request_begins() {
    let process = std::process::id();
    if FIRST.get().is_some_and(|(known, _)| known == process) {
        return;
    }
    // What it was is not to be had any more there: a script may have written over it.
    let block = if IS_LATE.get() && facts::collect().is_confined() {
        Vec::new()
    } else {
        collect()
    };
    FIRST.set(Some((process, block.leak())));
}

/// The environment before any PHP code ran, for native code.
pub(super) fn first() -> Option<&'static [u8]> {
    FIRST.get().map(|(_, block)| block)
}

/// The process's environment, string by string.
fn strings<'a>() -> impl Iterator<Item = &'a [u8]> {
    unsafe extern "C" {
        static environ: *const *const std::ffi::c_char;
    }
    // SAFETY: only this thread changes the environment (guests have maps of their own), and it is busy here.
    let mut at = unsafe { environ };
    std::iter::from_fn(move || {
        // SAFETY: `environ` is null or a null-terminated array of NUL-terminated strings.
        unsafe {
            if at.is_null() || (*at).is_null() {
                return None;
            }
            let string = std::ffi::CStr::from_ptr(*at).to_bytes_with_nul();
            at = at.add(1);
            Some(string)
        }
    })
}

fn is_current(copy: &[u8]) -> bool {
    let mut rest = copy;
    for string in strings() {
        match rest.strip_prefix(string) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

fn collect() -> Vec<u8> {
    strings().flatten().copied().collect()
}
