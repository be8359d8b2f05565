//! `FfiZts`: the way in.

use std::sync::Arc;

use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::throw::{Class, throw};
use super::vm::Vm;
use super::{engine, facts, object, shim, values};
use crate::core::options::Options;

/// Boots the process's guest.
#[php_class]
#[php(name = "FfiZts", flags = ext_php_rs::flags::ClassFlags::Final)]
pub struct FfiZts;

#[php_impl]
impl FfiZts {
    /// The VM of this process. Options and files are checked here; the guest starts with the first job.
    ///
    /// Without options the VM is returned as it is. Other options than it was booted with are an `FfiZts\Error`.
    #[php(optional = options)]
    pub fn boot(options: Option<&ZendHashTable>) -> Zval {
        engine::leave(shim::refuse_emptied()); // nothing is held yet
        match boot(options) {
            Some(vm) => object(vm),
            None => Zval::null(),
        }
    }

    /// The VM that was booted with the option `scope` of this name, in this request or an earlier one of the process.
    pub fn scope(name: &str) -> Zval {
        match engine::current_options() {
            Some(options) if options.scope.as_deref() == Some(name) => object(Vm::new(options)),
            _ => {
                throw(
                    Class::Misuse,
                    &format!(
                        "no VM has the scope \"{name}\": boot it with FfiZts::boot(['scope' => '{name}', …]) first"
                    ),
                );
                Zval::null()
            }
        }
    }
}

/// Parses and checks; `None`: thrown.
pub(super) fn boot(options: Option<&ZendHashTable>) -> Option<Vm> {
    let given = options.map(values::options).unwrap_or_default();
    if given.is_empty()
        && let Some(options) = engine::current_options()
    {
        return Some(Vm::new(options));
    }
    match Options::parse(&given, &facts::ini_lookup) {
        Ok(options) => {
            let options = Arc::new(options);
            engine::check(&options).then(|| Vm::new(options))
        }
        Err(error) => {
            throw(Class::Misuse, &format!("FfiZts::boot(): {error}"));
            None
        }
    }
}
