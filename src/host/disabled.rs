//! Functions and classes that the host's engine has disabled, whatever its settings say: FPM's `php_admin_value` (of a pool, or
//! of a web server) adds to what php.ini disables, and replaces the settings' values.

use std::cell::RefCell;

use super::shim;
use crate::core::policy;

/// The names of both kinds, as the settings would list them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Disabled {
    pub(super) functions: String,
    pub(super) classes: String,
}

#[derive(Default)]
struct Known {
    /// How many functions the present request began with.
    functions: u32,
    /// Functions that are missing, by how many there were.
    missing: Option<(u32, String)>,
    /// What was read last in this request, by the settings' values.
    read: Option<([String; 2], Disabled)>,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

const SETTINGS: [&str; 2] = ["disable_functions", "disable_classes"];

/// A request begins. What is disabled in it has been by now: PHP has no way to do it while scripts run.
pub(super) fn request_begins() {
    KNOWN.with_borrow_mut(|known| {
        known.functions = shim::functions();
        known.read = None;
    });
}

/// What the engine has disabled, and what php.ini and the settings name beyond that.
pub(super) fn now() -> Disabled {
    KNOWN.with_borrow_mut(|known| {
        let settings = SETTINGS.map(shim::ini_text);
        if let Some((_, disabled)) = known.read.as_ref().filter(|(read, _)| *read == settings) {
            return disabled.clone();
        }
        let count = known.functions;
        // A look at each function of each module: only where there are fewer than at the last one.
        let missing = known.missing.take().filter(|(seen, _)| *seen == count);
        let missing = missing.unwrap_or_else(|| (count, shim::disabled_functions().join(",")));
        let all = |at: usize, found: &str| {
            let named = policy::join_names(SETTINGS[at], &settings[at], &shim::configured(SETTINGS[at]));
            policy::join_names(SETTINGS[at], &named, found)
        };
        let disabled = Disabled {
            functions: all(0, &missing.1),
            classes: all(1, &shim::disabled_classes().join(",")),
        };
        known.missing = Some(missing);
        known.read = Some((settings, disabled.clone()));
        disabled
    })
}
