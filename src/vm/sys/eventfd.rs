//! A descriptor that is readable while it is raised.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;

use crate::core::channel::Sign;

/// An eventfd(2).
#[derive(Debug)]
pub struct EventFd(Arc<OwnedFd>);

impl EventFd {
    /// A lowered one.
    ///
    /// # Errors
    /// The process or the system is out of descriptors.
    pub fn new() -> io::Result<Self> {
        // SAFETY: eventfd takes no memory of ours.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: eventfd succeeded, so the descriptor is open and nobody else owns it.
        Ok(Self(Arc::new(unsafe { OwnedFd::from_raw_fd(fd) })))
    }

    /// The descriptor itself, for the first who asks; a duplicate while somebody has that: two streams over one descriptor are more
    /// than some event loops take.
    ///
    /// # Errors
    /// The process is out of descriptors.
    pub fn lend(&self) -> io::Result<Arc<OwnedFd>> {
        if Arc::strong_count(&self.0) == 1 {
            Ok(Arc::clone(&self.0))
        } else {
            self.0.try_clone().map(Arc::new)
        }
    }
}

impl Sign for EventFd {
    /// Neither blocks: the counter is 0 or small, and an empty one refuses to be read.
    fn set(&self, raised: bool) {
        let mut count = 1;
        // SAFETY: the descriptor is open for as long as the value, and `count` is a word of this frame.
        unsafe {
            if raised {
                libc::eventfd_write(self.0.as_raw_fd(), count);
            } else {
                libc::eventfd_read(self.0.as_raw_fd(), &raw mut count);
            }
        }
    }

    fn descriptor(&self) -> io::Result<OwnedFd> {
        self.0.try_clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_readable_while_it_is_raised() {
        let event = EventFd::new().unwrap();
        let copy = event.descriptor().unwrap();
        let readable = || {
            let mut poll = libc::pollfd {
                fd: copy.as_raw_fd(),
                events: libc::POLLIN,
                revents: 0,
            };
            // SAFETY: one entry, which lives during the call.
            unsafe { libc::poll(&raw mut poll, 1, 0) == 1 }
        };
        assert!(!readable());
        for _ in 0..2 {
            event.set(true);
            event.set(true);
            assert!(readable() && readable());
            event.set(false);
            event.set(false);
            assert!(!readable());
        }
    }

    #[test]
    fn one_borrower_has_the_descriptor_itself_and_others_have_duplicates() {
        let event = EventFd::new().unwrap();
        let first = event.lend().unwrap();
        let second = event.lend().unwrap();
        assert_eq!(first.as_raw_fd(), event.0.as_raw_fd());
        assert_ne!(second.as_raw_fd(), first.as_raw_fd());
        drop(first);
        assert_eq!(event.lend().unwrap().as_raw_fd(), event.0.as_raw_fd());
    }
}
