//! `FfiZts\Internal\Doctor`: the checks of a boot, all of them, without booting.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::throw::{Class, throw};
use super::{facts, values};
use crate::core::options::Options;
use crate::vm::preflight;

/// What the `ffi-zts doctor` command prints.
#[php_class]
#[php(name = "FfiZts\\Internal\\Doctor", flags = ext_php_rs::flags::ClassFlags::Final)]
pub struct Doctor;

#[php_impl]
impl Doctor {
    /// A list of arrays with check, ok, detail and remedy.
    #[php(optional = options)]
    pub fn findings(options: Option<&ZendHashTable>) -> Zval {
        let given = options.map(values::options).unwrap_or_default();
        let options = match Options::parse(&given, &facts::ini_lookup) {
            Ok(options) => options,
            Err(error) => {
                throw(Class::Misuse, &error.to_string());
                return Zval::null();
            }
        };
        let rows: Vec<_> = preflight::doctor_findings(&options, &facts::host_env())
            .into_iter()
            .map(|finding| {
                let mut row = ZendHashTable::new();
                // Conversions of plain values cannot fail.
                let _ = row.insert("check", finding.check);
                let _ = row.insert("ok", finding.ok);
                let _ = row.insert("detail", finding.detail);
                let _ = row.insert("remedy", Some(finding.remedy).filter(|remedy| !remedy.is_empty()));
                row
            })
            .collect();
        rows.into_zval(false).unwrap_or_else(|_| Zval::null())
    }
}
