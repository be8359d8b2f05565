//! Files that exist in memory only and can no longer be changed; and who this process is.

use std::ffi::CStr;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// `MFD_EXEC` of Linux 6.3: may be mapped executable even where `vm.memfd_noexec` is 1.
const MFD_EXEC: libc::c_uint = 0x10;

/// A close-on-exec descriptor of a file that holds `bytes` and is sealed against every change. `name` is for
/// `/proc/self/maps` only.
///
/// # Errors
/// What the system says: no descriptor, no memory, or in-memory files are not to be had here.
pub fn sealed(name: &CStr, bytes: &[u8]) -> io::Result<OwnedFd> {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    // Older kernels refuse the flag that they do not know, and do not need it.
    let descriptor = create(name, flags | MFD_EXEC).or_else(|_| create(name, flags))?;
    let mut file = File::from(descriptor);
    file.write_all(bytes)?;
    let seals = libc::F_SEAL_WRITE | libc::F_SEAL_GROW | libc::F_SEAL_SHRINK | libc::F_SEAL_SEAL;
    // SAFETY: the descriptor is open for as long as `file` lives; the call touches no memory of ours.
    match unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } {
        0 => Ok(file.into()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn create(name: &CStr, flags: libc::c_uint) -> io::Result<OwnedFd> {
    // SAFETY: the name is NUL-terminated and is not kept.
    let descriptor = unsafe { libc::memfd_create(name.as_ptr(), flags) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just created and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// The user whose rights this process has.
#[must_use]
pub fn effective_user() -> u32 {
    // SAFETY: geteuid cannot fail and touches no memory.
    unsafe { libc::geteuid() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_the_bytes_for_good() {
        let descriptor = sealed(c"test", b"bytes").unwrap();
        let path = format!("/proc/self/fd/{}", descriptor.as_raw_fd());
        assert_eq!(std::fs::read(&path).unwrap(), b"bytes");
        let written = std::fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|mut file| file.write_all(b"x"));
        assert!(written.is_err());
        // SAFETY: asks for the flags of a descriptor that is open.
        let flags = unsafe { libc::fcntl(descriptor.as_raw_fd(), libc::F_GETFD) };
        assert_eq!(flags & libc::FD_CLOEXEC, libc::FD_CLOEXEC);
    }
}
