//! Zeroed memory that costs what is touched.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

/// From here on memory is mapped on its own: the allocator would clear what it has in stock, and so touch it.
const MAPPED: usize = 128 << 10;
const ALIGN: usize = 16;

/// A piece of memory for all threads; zeroed, aligned to 16, freed on drop. Who reads and writes it agrees with the others.
#[derive(Debug)]
pub struct Memory {
    ptr: NonNull<u8>,
    len: usize,
}

// SAFETY: it is plain bytes, which are only handed out as a pointer.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// `len` bytes; `None`: there is not so much.
    #[must_use]
    pub fn new(len: usize) -> Option<Self> {
        let ptr = if len < MAPPED {
            let layout = Self::layout(len)?;
            // SAFETY: the layout has a size.
            NonNull::new(unsafe { alloc_zeroed(layout) })?
        } else {
            let (read_write, private) = (
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            );
            // SAFETY: a new mapping wherever the kernel likes.
            let mapped = unsafe { libc::mmap(std::ptr::null_mut(), len, read_write, private, -1, 0) };
            if mapped == libc::MAP_FAILED {
                return None;
            }
            NonNull::new(mapped.cast())?
        };
        Some(Self { ptr, len })
    }

    fn layout(len: usize) -> Option<Layout> {
        Layout::from_size_align(len.max(1), ALIGN).ok()
    }

    /// Its first byte.
    #[must_use]
    pub fn as_ptr(&self) -> *mut u8 {
        self.ptr.as_ptr()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if self.len >= MAPPED {
            // SAFETY: the mapping that `new` made, with the same length, once.
            unsafe { libc::munmap(self.ptr.as_ptr().cast(), self.len) };
        } else if let Some(layout) = Self::layout(self.len) {
            // SAFETY: allocated by `new` with this layout.
            unsafe { dealloc(self.ptr.as_ptr(), layout) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_zeroed_and_aligned_at_any_size() {
        for len in [0, 1, 100, MAPPED - 1, MAPPED, MAPPED + 1, 1 << 20] {
            let memory = Memory::new(len).unwrap();
            assert_eq!(memory.as_ptr().align_offset(16), 0);
            // SAFETY: `len` bytes, which nobody else uses.
            let bytes = unsafe { std::slice::from_raw_parts_mut(memory.as_ptr(), len) };
            assert!(bytes.iter().all(|byte| *byte == 0));
            bytes.fill(7);
        }
        assert!(Memory::new(usize::MAX / 2).is_none());
    }
}
