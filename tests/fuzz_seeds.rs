//! The fuzz target's invariants, for its seeds and for what it once found, without the fuzzer.

#[path = "../fuzz/invariants.rs"]
mod invariants;
#[path = "../fuzz/policy.rs"]
mod policy;

use std::fs;
use std::path::Path;

use ffi_zts::bridge::message::Message;
use ffi_zts::bridge::wire;

/// Name and bytes of each seed.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    let mut seeds: Vec<_> = fs::read_dir(directory)
        .expect("fuzz/seeds is part of the repository")
        .map(|entry| entry.expect("a readable directory").path())
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(path).expect("a readable file"))
        })
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 17, "{} seeds", seeds.len());
    seeds
}

#[test]
fn every_seed_takes_every_change() {
    for (name, bytes) in seeds() {
        let changes = invariants::hold(&bytes);
        if name.starts_with("found-") {
            continue; // what the fuzzer found is seldom a sound file
        }
        let needed = ffi_zts::elf::inspect(&bytes).expect(&name).needed.len();
        assert_eq!(changes, if needed == 0 { 3 } else { 5 }, "{name}");
    }
}

/// Places and values follow from a linear congruential generator, so that a failure can be repeated.
fn generator(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    }
}

#[test]
fn damaged_seeds_break_no_invariant() {
    let mut random = generator(1);
    for (_, seed) in seeds() {
        for round in 0..150 {
            let mut bytes = seed.clone();
            let reach = if round % 2 == 0 {
                bytes.len()
            } else {
                bytes.len().min(1_024)
            };
            for _ in 0..=random(3) {
                bytes[random(reach)] = u8::try_from(random(256)).expect("a byte");
            }
            if round % 10 == 0 {
                bytes.truncate(random(seed.len()));
            }
            invariants::hold(&bytes);
        }
    }
}

/// Name and bytes of each message among the seeds.
fn messages() -> Vec<(String, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/wire-seeds");
    let messages: Vec<_> = fs::read_dir(directory)
        .expect("fuzz/wire-seeds is part of the repository")
        .map(|entry| entry.expect("a readable directory").path())
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(path).expect("a readable file"))
        })
        .collect();
    assert!(messages.len() >= 9, "{} messages", messages.len());
    messages
}

#[test]
fn what_the_codec_wrote_is_well_formed_and_no_part_of_it_is() {
    for (name, bytes) in messages() {
        assert_eq!(wire::check(&bytes, 4), Ok(()), "{name}");
        for end in 0..bytes.len() {
            assert!(wire::check(&bytes[..end], 4).is_err(), "{name} cut at {end}");
        }
    }
}

#[test]
fn damaged_messages_are_read_to_an_end() {
    for (_, message) in messages() {
        for at in 0..message.len() {
            for byte in [0, 1, b'H', b'P', b'O', b'X', b'o', b's', 0x7f, 0xff] {
                let mut bytes = message.clone();
                bytes[at] = byte;
                let _ = wire::check(&bytes, 4);
                let _ = wire::describe(&bytes);
                let _ = wire::callable(&Message::from_bytes(bytes.clone()));
            }
        }
    }
}

#[test]
fn what_once_got_past_the_policy_does_not() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/policy-seeds");
    let seeds: Vec<_> = fs::read_dir(directory)
        .expect("fuzz/policy-seeds is part of the repository")
        .map(|entry| fs::read(entry.expect("a readable directory").path()).expect("a readable file"))
        .collect();
    assert!(seeds.len() >= 6, "{} seeds", seeds.len());
    let mut random = generator(3);
    for seed in seeds {
        for round in 0..500 {
            let mut bytes = seed.clone();
            for _ in 0..round.min(1 + round % 4) {
                let at = random(bytes.len());
                bytes[at] = u8::try_from(random(256)).expect("a byte");
            }
            policy::hold(&bytes);
            policy::quoted(&bytes);
        }
    }
}

#[test]
fn options_of_any_kind_loosen_nothing() {
    let mut random = generator(7);
    let mut booted = 0;
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..160).map(|_| u8::try_from(random(256)).expect("a byte")).collect();
        booted += usize::from(policy::hold(&bytes) == policy::Passed::Booted);
        policy::quoted(&bytes[..random(40)]);
    }
    assert!(booted > 4_000, "{booted} of 20000 are accepted: that shows nothing");
}
