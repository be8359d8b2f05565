//! `FfiZts\Internal\Doctor`: the checks of a boot, all of them, and the boot itself in a child process.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::throw::{Class, throw};
use super::{engine, facts, values};
use crate::core::Error;
use crate::core::options::Options;
use crate::vm::preflight::{self, Finding};
use crate::vm::{self, Rehearsed};

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
        // It boots what it finds, in a child process: what a boot refuses is refused here.
        if let Err(error) = facts::check_trust(&options, &facts::collect()) {
            throw(Class::Policy, &error.to_string());
            return Zval::null();
        }
        let mut findings = preflight::doctor_findings(&options, &facts::host_env());
        if findings.iter().all(|finding| finding.ok) {
            findings.extend(boot(&options));
        }
        let rows: Vec<_> = findings
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

/// The guest of this process, or one that is booted in a child for the purpose: does it start, and what of opcache.
fn boot(options: &Options) -> Vec<Finding> {
    let good = |check: &str, detail: String| Finding {
        check: check.into(),
        ok: true,
        detail,
        remedy: String::new(),
    };
    let found = engine::with_booted(|vm, _, files| {
        let info = vm.info()?;
        let told = Rehearsed {
            opcache: info.opcache.opcache_words,
            jit: info.opcache.jit_words,
        };
        Ok((format!("PHP {}, running", files.php_version), told))
    })
    .unwrap_or_else(|| rehearse(options));
    match found {
        Ok((php, told)) => vec![good("boot", php), good("opcache", told.opcache), good("JIT", told.jit)],
        Err(error) => vec![Finding {
            check: "boot".into(),
            ok: false,
            detail: error.to_string(),
            remedy: "change the options or settings that it names".into(),
        }],
    }
}

fn rehearse(options: &Options) -> Result<(String, Rehearsed), Error> {
    let prepared =
        preflight::preflight(options, &facts::host_env()).map_err(|error| Error::boot("check the files", error))?;
    let (config, files) = facts::boot_config(options, &facts::collect(), prepared, &facts::taken(None), None)?;
    let told = vm::rehearse(&config)?;
    Ok((format!("PHP {}, tried in a child process", files.php_version), told))
}
