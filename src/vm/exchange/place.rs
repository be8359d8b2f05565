//! Where a call of the engine table comes from: the host's thread, or one of the guest's.

use std::ffi::c_int;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::super::engine::Engine;
use super::super::surroundings::Surroundings;
use super::super::waiter::{GuestWaiter, HostWaiter};
use super::super::{HostSide, boot, sys::fork, worker};
use crate::bridge::abi;
use crate::core::Error;
use crate::core::waiter::Waiter;

/// How the engine comes to the host's side within a call from the host's thread.
pub trait HostCall: Send + Sync + std::fmt::Debug {
    /// Calls `act` with a side for the length of this call; [`abi::DONE`], [`abi::LEAVE`] or [`abi::BAILOUT`], as the side
    /// says afterwards. Must run on the host's thread.
    fn with_side(&self, act: &mut dyn FnMut(&mut dyn HostSide)) -> c_int;

    /// What tasks start in that the host's thread submits now.
    ///
    /// # Errors
    /// A restriction of the host forbids it.
    fn surroundings(&self) -> Result<Arc<Surroundings>, Error>;
}

/// Number of the host's present request.
static PRESENT: AtomicU64 = AtomicU64::new(0);

/// A request of the host begins: names of channels that are made from now on are its own.
pub fn request_begins(number: u64) {
    PRESENT.store(number, Ordering::Relaxed);
}

static HOST_CALL: OnceLock<&'static dyn HostCall> = OnceLock::new();

pub(super) fn register(call: &'static dyn HostCall) {
    let _ = HOST_CALL.set(call);
}

/// One of the two kinds of threads.
pub(super) trait Place {
    /// Whether output of jobs is delivered here.
    const HOST: bool;
    /// Calls `act` with a waiter of this thread, and says how the call is to be left.
    fn wait<R>(act: impl FnOnce(&mut dyn Waiter) -> R) -> (Option<R>, c_int);
    /// The same for a call of C code that gave the flag which its VM sets, on threads of extensions too.
    fn wait_with<R>(interrupt: Option<&AtomicBool>, act: impl FnOnce(&mut dyn Waiter) -> R) -> (Option<R>, c_int);
    /// The same with the host's side, where there is one.
    fn side<R>(act: impl FnOnce(Option<&mut dyn HostSide>) -> R) -> (Option<R>, c_int);
    /// The request of the host that code here belongs to.
    fn request() -> u64;
    /// What jobs start in that are submitted here.
    fn surroundings() -> Result<Arc<Surroundings>, Error>;
}

/// The host's thread.
pub(super) struct Host;
/// A thread of the guest.
pub(super) struct Guest;

impl Place for Host {
    const HOST: bool = true;

    fn wait<R>(act: impl FnOnce(&mut dyn Waiter) -> R) -> (Option<R>, c_int) {
        Self::side(|side| side.map(|side| act(&mut HostWaiter::new(side)))).map_first(Option::flatten)
    }

    fn wait_with<R>(_: Option<&AtomicBool>, act: impl FnOnce(&mut dyn Waiter) -> R) -> (Option<R>, c_int) {
        Self::wait(act)
    }

    fn side<R>(act: impl FnOnce(Option<&mut dyn HostSide>) -> R) -> (Option<R>, c_int) {
        let (mut act, mut result) = (Some(act), None);
        let Some(call) = HOST_CALL.get() else {
            return (None, abi::FAILED);
        };
        let flow = call.with_side(&mut |side| result = act.take().map(|act| act(Some(side))));
        (result, flow)
    }

    fn request() -> u64 {
        PRESENT.load(Ordering::Relaxed)
    }

    fn surroundings() -> Result<Arc<Surroundings>, Error> {
        HOST_CALL.get().map_or(Err(Error::Closed), |call| call.surroundings())
    }
}

impl Place for Guest {
    const HOST: bool = false;

    fn wait<R>(act: impl FnOnce(&mut dyn Waiter) -> R) -> (Option<R>, c_int) {
        (
            Some(worker::with_interrupt(|flag| act(&mut GuestWaiter::new(flag)))),
            abi::DONE,
        )
    }

    fn wait_with<R>(interrupt: Option<&AtomicBool>, act: impl FnOnce(&mut dyn Waiter) -> R) -> (Option<R>, c_int) {
        (Some(act(&mut GuestWaiter::new(interrupt))), abi::DONE)
    }

    fn side<R>(act: impl FnOnce(Option<&mut dyn HostSide>) -> R) -> (Option<R>, c_int) {
        (Some(act(None)), abi::DONE)
    }

    fn request() -> u64 {
        worker::owner().unwrap_or_else(Host::request)
    }

    fn surroundings() -> Result<Arc<Surroundings>, Error> {
        worker::current_job()
            .map(|job| super::inner::of(&job))
            .ok_or_else(|| Error::State("this thread belongs to no job: a job of the VM may start others".into()))
    }
}

/// The engine of this process.
pub(super) fn engine() -> Result<Arc<Engine>, Error> {
    if fork::in_child() {
        return Err(Error::Forked);
    }
    boot::current().map(|vm| vm.engine).ok_or(Error::Closed)
}

trait MapFirst<A, B> {
    fn map_first<C>(self, change: impl FnOnce(A) -> C) -> (C, B);
}

impl<A, B> MapFirst<A, B> for (A, B) {
    fn map_first<C>(self, change: impl FnOnce(A) -> C) -> (C, B) {
        (change(self.0), self.1)
    }
}
