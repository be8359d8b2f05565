//! The environment that the process has, for as long as nobody but one thread looks at it.

use std::ffi::c_char;

unsafe extern "C" {
    static mut environ: *const *const c_char;
}

/// Another environment in place of the process's own, until it is dropped.
#[derive(Debug)]
pub struct Exchanged {
    before: *const *const c_char,
}

impl Exchanged {
    /// `block` is `A=1\0B=2\0`; what native code has read of it may be kept for ever.
    ///
    /// # Safety
    /// Until this is dropped no other thread reads or changes the environment.
    #[must_use]
    pub unsafe fn new(block: &'static [u8]) -> Self {
        let strings = block.split_inclusive(|byte| *byte == 0);
        let pointers = strings
            .filter(|string| string.ends_with(b"\0"))
            .map(|string| string.as_ptr().cast());
        let array: Vec<*const c_char> = pointers.chain([std::ptr::null()]).collect();
        // SAFETY: the caller's promise; array and strings are there for the life of the process.
        unsafe {
            let before = environ;
            environ = array.leak().as_ptr();
            Self { before }
        }
    }
}

impl Drop for Exchanged {
    fn drop(&mut self) {
        // SAFETY: the promise of `new`; this is what was there.
        unsafe { environ = self.before }
    }
}
