//! Room in a thread's own part of the allocator.
//!
//! glibc makes the arena of a thread larger by what an allocation lacks, with a call of the kernel each time that takes the lock of the
//! whole address space (malloc/arena.c, `grow_heap`): 550 of them while PHP starts. What has been part of an arena once stays
//! mapped for writing when it is given back.

use std::hint::black_box;

/// Less than what allocators map on their own (glibc: from 128 KB on).
const PIECE: usize = 96 << 10;

/// Makes this thread's arena so large, and gives its pages back untouched. It is no more than a favour to later allocations.
pub(in crate::vm) fn make_room(bytes: usize) {
    // SAFETY: `malloc` takes any size.
    let pieces: Vec<_> = (0..bytes.div_ceil(PIECE))
        .map(|_| black_box(unsafe { libc::malloc(PIECE) }))
        .collect();
    // In their order each is added to the one before, and only the last gives pages back.
    for piece in pieces {
        // SAFETY: it comes from `malloc`, or is null, and nobody else knows it.
        unsafe { libc::free(piece) };
    }
}
