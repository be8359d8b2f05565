//! Any options, settings and hosts, through the policy.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../policy.rs"]
mod policy;

fuzz_target!(|bytes: &[u8]| {
    policy::hold(bytes);
    policy::quoted(bytes);
});
