//! Knowing that this process is the child of one that had booted: none of its guest threads exist here.

use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static IN_CHILD: AtomicBool = AtomicBool::new(false);
static WATCH: Once = Once::new();

/// From now on a child of `fork()` knows itself. Called at the first boot, not earlier.
pub fn watch() {
    WATCH.call_once(|| {
        // SAFETY: the handler only stores to an atomic, which is allowed in the child of a process with threads; the
        // library is linked `-z nodelete`, so the handler stays mapped.
        unsafe {
            libc::pthread_atfork(None, None, Some(mark_child));
        }
    });
}

/// Whether the guest's threads were left behind in a parent process. Takes no lock.
#[must_use]
pub fn in_child() -> bool {
    IN_CHILD.load(Ordering::Relaxed)
}

/// What [`in_child`] reads, for C.
#[must_use]
pub fn flag() -> &'static AtomicBool {
    &IN_CHILD
}

extern "C" fn mark_child() {
    IN_CHILD.store(true, Ordering::Relaxed);
}
