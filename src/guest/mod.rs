//! The guest half: the SAPI, requests and scripts inside libphp. The engine's part stands in `shim/*.c`; this is the
//! entry symbol.

use crate::bridge::abi::{ErrorText, GuestTable, HostTable};

unsafe extern "C" {
    fn fz_attach(host: *const HostTable, error: *mut ErrorText) -> *const GuestTable;
}

/// The one symbol that the host half looks up. Any thread.
///
/// # Safety
/// `host` stays valid for the life of the process; `error` is writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ffi_zts_guest_attach(host: *const HostTable, error: *mut ErrorText) -> *const GuestTable {
    // SAFETY: the caller's promise is the callee's condition.
    let table = unsafe { fz_attach(host, error) };
    if table.is_null() {
        return table;
    }
    // SAFETY: the C side returned its static table.
    let fits = unsafe { (*table).size as usize == size_of::<GuestTable>() };
    if fits { table } else { std::ptr::null() }
}
