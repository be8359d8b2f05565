//! What event loops watch: a descriptor that turns readable when the host should look.

use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use super::sys::eventfd::EventFd;
use super::sys::fork;
use crate::core::Error;
use crate::core::channel::Sign;
use crate::core::event::lock;

/// A descriptor that is readable for one of two reasons: what it stands for is ready, or output of some job is to be fetched.
#[derive(Debug)]
pub(super) struct Readiness {
    sign: EventFd,
    reasons: Mutex<Reasons>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Reasons {
    ready: bool,
    output: bool,
    /// Nobody can fetch output who has this descriptor.
    deaf: bool,
}

impl Reasons {
    fn any(self) -> bool {
        self.ready || (self.output && !self.deaf)
    }
}

impl Readiness {
    /// # Errors
    /// Out of descriptors.
    pub(super) fn new(what: &'static str) -> Result<Arc<Self>, Error> {
        let sign = EventFd::new().map_err(|cause| Error::system(what, cause))?;
        Ok(Arc::new(Self {
            sign,
            reasons: Mutex::default(),
        }))
    }

    fn change(&self, change: impl FnOnce(&mut Reasons)) {
        let mut reasons = lock(&self.reasons);
        let before = reasons.any();
        change(&mut reasons);
        if reasons.any() != before {
            self.sign.set(!before);
        }
    }

    pub(super) fn set_ready(&self, ready: bool) {
        self.change(|reasons| reasons.ready = ready);
    }

    /// The descriptor, which lives as long as any borrower.
    pub(super) fn lend(&self, what: &'static str) -> Result<Arc<OwnedFd>, Error> {
        self.sign.lend().map_err(|cause| Error::system(what, cause))
    }
}

/// The descriptors of one job, made on request.
#[derive(Debug, Default)]
pub(super) struct JobStream {
    held: Mutex<Held>,
    /// Somebody has asked; most jobs end without.
    asked: AtomicBool,
}

#[derive(Debug, Default)]
struct Held {
    present: Option<Arc<Readiness>>,
    /// Those of `Future`s that are gone, whose streams somebody may still have.
    former: Vec<Arc<Readiness>>,
}

const WHAT: &str = "a stream for the job";

impl JobStream {
    /// The descriptor, and what to tell of output. `done` is asked under the lock that [`Self::end`] takes as well.
    pub(super) fn descriptor(&self, done: impl Fn() -> bool) -> Result<(Arc<OwnedFd>, Arc<Readiness>), Error> {
        if fork::in_child() {
            return Err(Error::Forked);
        }
        let mut held = lock(&self.held);
        self.asked.store(true, Ordering::SeqCst); // before `done` is asked: whoever ends the job looks here after that
        if let Some(readiness) = &held.present {
            return Ok((readiness.lend(WHAT)?, Arc::clone(readiness)));
        }
        let readiness = Readiness::new(WHAT)?;
        let lent = readiness.lend(WHAT)?;
        if done() {
            readiness.set_ready(true);
        } else {
            held.present = Some(Arc::clone(&readiness));
        }
        Ok((lent, readiness))
    }

    /// The job is done: readable for good.
    pub(super) fn end(&self) {
        if !self.asked.load(Ordering::SeqCst) {
            return;
        }
        // All of it under the lock: worker and host come here at the same time, and whoever comes second finds it done.
        let mut held = lock(&self.held);
        for readiness in held.present.iter().chain(&held.former) {
            readiness.set_ready(true);
        }
        *held = Held::default();
    }

    /// Nobody is likely to ask for a descriptor again: those that were given out turn readable at the end, and no sooner. Not left to
    /// the last holder of the job, which may be its worker, a moment after the end. `done` as in [`Self::descriptor`].
    pub(super) fn close(&self, done: impl Fn() -> bool) {
        if fork::in_child() || !self.asked.load(Ordering::SeqCst) {
            return; // in the child a thread that is not here may hold the lock
        }
        let mut held = lock(&self.held);
        if done() {
            *held = Held::default();
        } else if let Some(readiness) = held.present.take() {
            readiness.change(|reasons| reasons.deaf = true);
            held.former.push(readiness);
        }
    }
}

/// What event loops of the host watch: all of it turns readable when any job's output must be fetched, because a loop may watch
/// only one.
#[derive(Debug, Default)]
pub(super) struct Watched {
    known: Mutex<Known>,
    count: AtomicUsize,
    told: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    all: Vec<Weak<Readiness>>,
    /// How many there may be before those that are gone are looked for: so that it costs little for each.
    look_at: usize,
}

impl Watched {
    const FIRST_LOOK: usize = 64;

    /// Remembers one.
    pub(super) fn add(&self, readiness: &Arc<Readiness>) {
        let mut known = lock(&self.known);
        let me = Arc::downgrade(readiness);
        // Whoever asks twice asks at once, as a rule.
        if known.all.last().is_some_and(|last| last.ptr_eq(&me)) {
            return;
        }
        if known.all.len() >= known.look_at {
            known.all.retain(|one| one.strong_count() > 0 && !one.ptr_eq(&me));
            known.look_at = Self::FIRST_LOOK.max(2 * known.all.len());
        }
        known.all.push(me);
        self.count.store(known.all.len(), Ordering::SeqCst);
    }

    /// Makes all of them readable until the host has looked.
    pub(super) fn tell(&self) {
        if self.count.load(Ordering::SeqCst) > 0 {
            self.told.store(true, Ordering::SeqCst);
            self.each(true);
        }
    }

    /// Whether they are readable until the host has looked.
    pub(super) fn is_told(&self) -> bool {
        self.told.load(Ordering::SeqCst)
    }

    /// The host is looking.
    pub(super) fn looked(&self) {
        if self.told.load(Ordering::SeqCst) && self.told.swap(false, Ordering::SeqCst) {
            self.each(false);
        }
    }

    fn each(&self, output: bool) {
        let all: Vec<_> = lock(&self.known).all.iter().filter_map(Weak::upgrade).collect();
        for readiness in &all {
            readiness.change(|reasons| reasons.output = output);
        }
    }
}
