//! The `ffi_zts.*` ini settings. All are system settings: what an application may choose, it says to `FfiZts::boot()`.

use ext_php_rs::flags::IniEntryPermission;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};

const SYSTEM: IniEntryPermission = IniEntryPermission::System;

static SETTINGS: IniEntryDefs<26> = IniEntryDefs::new([
    IniEntryDef::new(c"ffi_zts.library", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.libdir", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.scope", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.runtime", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.threads", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.spare_workers", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.max_nesting", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.stack_size", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.ini", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.ini_file", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.extensions", c"host", SYSTEM),
    IniEntryDef::new(c"ffi_zts.extension_dir", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.prepend", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.bootstrap", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.autoload", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.sapi_name", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.shutdown_timeout", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.stop_timeout", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.output", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.allow_runtime_options", c"0", SYSTEM),
    IniEntryDef::new(c"ffi_zts.allow_unsafe_library", c"0", SYSTEM),
    IniEntryDef::new(c"ffi_zts.cache_dir", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.max_threads", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.max_shared_memory", c"", SYSTEM),
    IniEntryDef::new(c"ffi_zts.max_queued_memory", c"", SYSTEM),
    IniEntryDef::end(),
]);

/// Registers the settings. Module startup only.
pub(super) fn register(module_number: i32) {
    IniEntryDef::register(SETTINGS.as_slice(), module_number);
}
