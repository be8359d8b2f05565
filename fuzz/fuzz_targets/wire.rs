//! Any bytes at all, through the reader of messages.
#![no_main]

use ffi_zts::bridge::message::Message;
use ffi_zts::bridge::wire;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = wire::describe(bytes);
    let _ = wire::callable(&Message::from_bytes(bytes.to_vec()));
    if wire::check(bytes, 4).is_ok() {
        assert!(wire::check(&bytes[..bytes.len() - 1], 4).is_err(), "the last byte is none of the value's");
    }
});
