//! A descriptor that is readable while it is raised.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};

use crate::core::channel::Sign;

/// An eventfd(2).
#[derive(Debug)]
pub struct EventFd(File);

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
        Ok(Self(File::from(unsafe { OwnedFd::from_raw_fd(fd) })))
    }
}

impl Sign for EventFd {
    /// Neither blocks: the counter is 0 or small, and an empty one refuses to be read.
    fn set(&self, raised: bool) {
        let _ = if raised {
            (&self.0).write(&1_u64.to_ne_bytes())
        } else {
            (&self.0).read(&mut [0; 8])
        };
    }

    fn descriptor(&self) -> io::Result<OwnedFd> {
        Ok(self.0.try_clone()?.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

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
}
