//! How the two kinds of threads wait ([`crate::core::waiter`]).
//!
//! - The *host's thread* delivers the output of jobs and looks after its own affairs (signal handlers, the time limit) at
//!   least every 50 ms, with a VM or, before the first boot, without one. All of its waits park on the one event that jobs
//!   notify too.
//! - A *guest thread* parks on an event of its own until it is notified, or its VM's interrupt flag is set: by `cancel()` and
//!   the shutdown, which notify the event, or by a handler of a signal that the thread gets, the time limit's for one, which
//!   ends the sleep. A handler that runs in the moment before the sleep is seen a [`BACKSTOP`] later.
//!
//! Both look for what they wait for before they park, where a processor is free for that.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, Instant};

use super::engine::Engine;
use super::hub::Pass;
use super::sys::fork;
use super::wait::SLICE;
use super::worker::SPIN;
use super::{HostSide, boot, worker};
use crate::core::event::Event;
use crate::core::waiter::{Wait, Waiter};
use crate::core::{Deadline, processors};

/// The longest sleep of a guest thread.
const BACKSTOP: Duration = Duration::from_secs(1);
/// Looks between two looks at the clock.
const LOOKS: u32 = 64;

/// The event of the host's thread; every VM's hub has it.
pub(super) fn host_event() -> &'static Arc<Event> {
    static EVENT: LazyLock<Arc<Event>> = LazyLock::new(Arc::default);
    &EVENT
}

/// The host's thread.
pub(super) struct HostWaiter<'s> {
    side: &'s mut dyn HostSide,
    engine: Option<Arc<Engine>>,
}

impl<'s> HostWaiter<'s> {
    /// For one call into the engine from the host's thread.
    pub(super) fn new(side: &'s mut dyn HostSide) -> Self {
        let engine = boot::current().map(|vm| vm.engine);
        Self { side, engine }
    }

    fn deliver(&mut self) -> ControlFlow<(), Pass> {
        match &self.engine {
            Some(engine) => engine.hub.deliver(self.side),
            None => ControlFlow::Continue(Pass::default()),
        }
    }
}

impl Waiter for HostWaiter<'_> {
    fn event(&self) -> &Arc<Event> {
        host_event()
    }

    fn wait(&mut self, done: &dyn Fn() -> bool, deadline: Deadline) -> Wait {
        if spin_for(done, deadline) {
            return Wait::Done;
        }
        loop {
            let delivered = self.deliver();
            if fork::in_child() {
                return Wait::Forked;
            }
            if done() {
                return Wait::Done;
            }
            let ControlFlow::Continue(pass) = delivered else {
                return Wait::Interrupted;
            };
            let polled = self.side.poll();
            if fork::in_child() {
                return Wait::Forked;
            }
            if polled.is_break() {
                return Wait::Interrupted;
            }
            if deadline.expired() {
                return Wait::TimedOut;
            }
            let limit = deadline.slice(SLICE);
            if let Some(engine) = &self.engine {
                engine.park_until(done, &engine.main, pass, limit);
            } else {
                let ticket = host_event().ticket();
                if !done() {
                    let _ = ticket.park_or_signal(limit);
                }
            }
        }
    }
}

thread_local! {
    static OWN: RefCell<Arc<Event>> = RefCell::default();
}

/// The event that waits of the calling guest thread park on: to be notified when its VM is to be interrupted.
pub(super) fn own_event() -> Arc<Event> {
    // A destructor of another thread-local value may come here after this one's.
    OWN.try_with(|own| Arc::clone(&own.borrow())).unwrap_or_default()
}

/// A worker or another thread of the guest.
pub(super) struct GuestWaiter<'f> {
    event: Arc<Event>,
    interrupt: Option<&'f AtomicBool>,
}

impl<'f> GuestWaiter<'f> {
    /// For one call into the engine from a guest thread, whose VM sets `interrupt`.
    pub(super) fn new(interrupt: Option<&'f AtomicBool>) -> Self {
        Self {
            event: own_event(),
            interrupt,
        }
    }

    fn interrupted(&self) -> bool {
        self.interrupt.is_some_and(|flag| flag.load(Ordering::SeqCst))
    }
}

impl Waiter for GuestWaiter<'_> {
    fn event(&self) -> &Arc<Event> {
        &self.event
    }

    fn wait(&mut self, done: &dyn Fn() -> bool, deadline: Deadline) -> Wait {
        if spin_for(&|| done() || self.interrupted(), deadline) && done() {
            return Wait::Done;
        }
        // What is waited for may need a worker, and all of them may be waiting.
        let _blocked = worker::blocks();
        loop {
            let ticket = self.event.ticket();
            if done() {
                return Wait::Done;
            }
            if self.interrupted() {
                return Wait::Interrupted;
            }
            if deadline.expired() {
                return Wait::TimedOut;
            }
            let _ = ticket.park_or_signal(deadline.slice(BACKSTOP));
        }
    }
}

/// Looks for a moment; true when `done`. Nothing on a single processor, which whoever is waited for needs.
fn spin_for(done: &dyn Fn() -> bool, deadline: Deadline) -> bool {
    static SPINS: OnceLock<bool> = OnceLock::new();
    if done() {
        return true;
    }
    if !*SPINS.get_or_init(|| processors() > 1) {
        return false;
    }
    let (start, limit) = (Instant::now(), deadline.slice(SPIN));
    while start.elapsed() < limit {
        for _ in 0..LOOKS {
            if done() {
                return true;
            }
            std::hint::spin_loop();
        }
        std::thread::yield_now(); // the other thread may be waiting for this very processor
    }
    false
}
