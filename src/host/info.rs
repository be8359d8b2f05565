//! What the VM tells: `Vm::info()`, `phpinfo()`, `php --ri ffi_zts`.

use std::ffi::CString;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ModuleEntry;

use super::facts::CEILINGS;
use super::{engine, shim};
use crate::core::ceiling;
use crate::core::options::Options;
use crate::vm::{self, Refused, VmInfo};

type Table = ZBox<ZendHashTable>;

fn put(table: &mut Table, key: &str, value: impl IntoZval) {
    // The conversions used here are of plain values, which cannot fail; a table takes any of them.
    let _ = table.insert(key, value);
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `Vm::info()`.
pub(super) fn array(options: &Options) -> Zval {
    let mut table = ZendHashTable::new();
    put(&mut table, "extension_version", env!("CARGO_PKG_VERSION"));
    put(&mut table, "state", vm::process_state().to_string());
    put(&mut table, "pid", i64::from(std::process::id()));
    put(&mut table, "threads", count(options.threads as u64));
    put(&mut table, "spare_workers", count(options.spare_workers as u64));
    put(&mut table, "max_nesting", count(u64::from(options.max_nesting)));
    put(&mut table, "stack_size", count(options.stack_size as u64));
    put(&mut table, "sapi_name", options.sapi_name.as_str());
    put(&mut table, "scope", options.scope.clone());
    put(&mut table, "ceilings", ceilings());
    engine::with_booted(|vm, _, files| {
        put(&mut table, "library", files.library.as_str());
        put(&mut table, "php_version", files.php_version.as_str());
        let mut extensions = ZendHashTable::new();
        let mut relinked = ZendHashTable::new();
        for extension in files.extensions.ready() {
            let original = extension.original.display().to_string();
            put(
                &mut extensions,
                &original,
                if extension.relinked { "relinked" } else { "as it is" },
            );
            if extension.relinked {
                put(&mut relinked, &original, extension.path.display().to_string());
            }
        }
        put(&mut table, "extensions", extensions);
        put(&mut table, "relinked", relinked);
        put(&mut table, "warnings", files.warnings.clone());
        let info = vm.info();
        let refused = info.as_ref().map_or(&[][..], |info| &info.refused);
        put(&mut table, "lacking", lacking(files, refused));
        match &info {
            Ok(info) => running(&mut table, info),
            Err(error) => put(&mut table, "error", error.to_string()),
        }
    });
    table.into_zval(false).unwrap_or_else(|_| Zval::null())
}

/// By the name of the host's module: why the guest is without it, and what helps.
fn lacking(files: &engine::PreparedFacts, refused: &[Refused]) -> Table {
    let mut all = ZendHashTable::new();
    for lacking in &files.lacking {
        put(&mut all, &lacking.module, reason(&lacking.reason, &lacking.remedy));
    }
    for refused in refused {
        // A copy in memory is opened by the path of a descriptor.
        let ready = files.extensions.ready();
        let original = ready.iter().find(|extension| extension.path == refused.file);
        let file = original.map_or(&refused.file, |extension| &extension.original);
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        put(
            &mut all,
            &name,
            reason(&refused.cause, "install the library that it names, then start php anew"),
        );
    }
    all
}

fn reason(reason: &str, remedy: &str) -> Table {
    let mut row = ZendHashTable::new();
    put(&mut row, "reason", reason);
    put(&mut row, "remedy", Some(remedy).filter(|remedy| !remedy.is_empty()));
    row
}

/// By the name of the setting: what is in use, and how much may be; null: there is no limit.
fn ceilings() -> Table {
    let mut all = ZendHashTable::new();
    for (ceiling, _) in CEILINGS {
        let limit = Some(ceiling.limit()).filter(|&limit| limit != ceiling::NONE);
        let mut row = ZendHashTable::new();
        put(&mut row, "used", count(ceiling.used()));
        put(&mut row, "limit", limit.map(count));
        put(&mut all, ceiling.setting(), row);
    }
    all
}

fn running(table: &mut Table, info: &VmInfo) {
    let mut jobs = ZendHashTable::new();
    for (name, number) in [
        ("submitted", info.jobs.submitted),
        ("unfinished", info.jobs.unfinished),
        ("done", info.jobs.done),
        ("failed", info.jobs.failed),
        ("cancelled", info.jobs.cancelled),
        ("lost", info.jobs.lost),
    ] {
        put(&mut jobs, name, count(number));
    }
    put(table, "jobs", jobs);
    let mut opcache = ZendHashTable::new();
    put(&mut opcache, "enabled", info.opcache.enabled);
    put(&mut opcache, "state", info.opcache.opcache_words.as_str());
    put(&mut opcache, "jit_enabled", info.opcache.jit);
    put(&mut opcache, "jit_state", info.opcache.jit_words.as_str());
    put(&mut opcache, "restarts", count(info.opcache.restarts));
    put(&mut opcache, "restart_pending", info.opcache.restart_pending);
    put(table, "opcache", opcache);
    let mut workers = Vec::new();
    for worker in &info.workers {
        let mut row = ZendHashTable::new();
        put(&mut row, "name", worker.name.as_str());
        put(&mut row, "tid", i64::from(worker.tid));
        put(&mut row, "state", format!("{:?}", worker.state).to_lowercase());
        put(&mut row, "jobs", count(worker.done));
        workers.push(row);
    }
    put(table, "workers", workers);
}

/// The module's rows for `phpinfo()`.
pub(super) fn print(module: *mut ModuleEntry) {
    let mut rows = vec![
        ("ffi_zts", "enabled".to_owned()),
        ("Version", env!("CARGO_PKG_VERSION").to_owned()),
        ("State of the VM", vm::process_state().to_string()),
    ];
    engine::with_booted(|vm, _, files| {
        rows.push(("Guest", format!("PHP {} (ZTS)", files.php_version)));
        rows.push(("Library", files.library.clone()));
        if let Ok(info) = vm.info() {
            rows.push(("opcache", info.opcache.opcache_words));
            rows.push(("JIT", info.opcache.jit_words));
            rows.push(("Workers", format!("{} of {}", info.workers.len(), info.threads)));
            rows.push((
                "Jobs",
                format!(
                    "{} done, {} failed, {} unfinished",
                    info.jobs.done, info.jobs.failed, info.jobs.unfinished
                ),
            ));
        }
    });
    let text = |text: &str| CString::new(text.replace('\0', "?")).unwrap_or_default();
    let rows: Vec<_> = rows.iter().map(|(name, value)| (text(name), text(value))).collect();
    shim::info(module, &rows);
}
