//! The engine against a guest half without PHP (`tests/fixtures/fake_guest.c`): everything that does not need a real one.
//!
//! A process boots once, so each test runs in a process of its own: the test re-executes this binary for itself alone.
#![cfg(feature = "engine")]

mod boot;
mod cancel;
mod fork;
mod jobs;
mod output;
mod panics;
mod shutdown;
mod support;
