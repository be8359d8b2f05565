//! The host half: PHP classes, options, policy, and the life of the one VM, in the NTS PHP that loads `ffi_zts.so`.
//!
//! # Safety
//! Everything here runs on the host's thread; what other threads produce comes through [`crate::vm`] as plain bytes.

mod cli;
mod disabled;
mod doctor;
mod engine;
mod environment;
mod facts;
mod ffi_zts;
mod info;
mod relink;
mod settings;
mod shim;
mod side;
mod surroundings;
mod throw;
mod values;
mod vm;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ModuleEntry;

/// `MODULE_TEMPORARY`: loaded by `dl()`.
const TEMPORARY: i32 = 2;

/// A PHP object of one of our classes.
fn object<T: RegisteredClass>(value: T) -> Zval {
    ZendClassObject::new(value)
        .into_zval(false)
        .unwrap_or_else(|_| Zval::null())
}

fn startup(kind: i32, module_number: i32) -> i32 {
    if kind == TEMPORARY {
        environment::is_late();
    }
    settings::register(module_number);
    facts::note_places();
    crate::vm::note_descriptors();
    shim::declare_classes();
    shim::watch_surroundings();
    shim::learn_disabled();
    0
}

/// Does one of PHP's callbacks, which nobody catches a panic of: its text goes to the log.
fn guarded(what: &str, act: impl FnOnce()) -> i32 {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(act)) {
        let why = crate::vm::panic_text(&*panic);
        shim::log_late(format!("ffi_zts: internal error at the {what}: {why} (please report it)").as_bytes());
    }
    0
}

extern "C" fn module_shutdown(_kind: i32, _module_number: i32) -> i32 {
    guarded("end of the process", engine::process_ends)
}

/// Once, when module startup is over: ext-php-rs registers the classes after our part of it.
fn check_arguments() {
    static CLASSES: std::sync::Once = std::sync::Once::new();
    CLASSES.call_once(|| {
        for class in [ffi_zts::FfiZts::CLASS_NAME, vm::Vm::CLASS_NAME] {
            shim::check_arguments(class);
        }
    });
}

extern "C" fn request_startup(_kind: i32, _module_number: i32) -> i32 {
    guarded("begin of a request", || {
        check_arguments();
        disabled::request_begins();
        environment::request_begins();
        engine::request_begins();
    })
}

extern "C" fn request_shutdown(_kind: i32, _module_number: i32) -> i32 {
    guarded("end of a request", engine::request_ends);
    shim::request_ends();
    0
}

/// After every module's request shutdown.
extern "C" fn request_is_over() -> i32 {
    guarded("end of a request", engine::request_is_over)
}

extern "C" fn module_info(module: *mut ModuleEntry) {
    info::print(module);
}

/// The extension's entry. A module of its own, since the function that the macro makes has no documentation.
#[allow(missing_docs)]
mod entry {
    use ext_php_rs::prelude::*;

    use super::startup;

    /// The module as PHP sees it.
    #[php_module]
    #[php(startup = "startup")]
    pub fn get_module(module: ModuleBuilder) -> ModuleBuilder {
        super::relink::register(module)
            .name("ffi_zts")
            .version(env!("CARGO_PKG_VERSION"))
            .class::<super::ffi_zts::FfiZts>()
            .class::<super::vm::Vm>()
            .class::<super::cli::Cli>()
            .class::<super::doctor::Doctor>()
            .shutdown_function(super::module_shutdown)
            .request_startup_function(super::request_startup)
            .request_shutdown_function(super::request_shutdown)
            .post_deactivate_function(super::request_is_over)
            .info_function(super::module_info)
    }
}
