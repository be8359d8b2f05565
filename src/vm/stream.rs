//! A job as something that `stream_select` understands: a pipe that turns readable when the host should look.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, Weak};

use super::job::Job;
use super::sys::{fork, thread};
use crate::core::Error;
use crate::core::event::lock;

/// The pipe of one job, made on first request.
#[derive(Debug, Default)]
pub(super) struct JobStream {
    pipe: Mutex<Option<Box<Pipe>>>,
    /// Somebody has asked for the pipe; most jobs end without.
    asked: AtomicBool,
}

#[derive(Debug)]
struct Pipe {
    /// Gone once nobody can ask for another descriptor. Those that were given out live on, but are poked no more: what is in
    /// the pipe could not be taken out again.
    read: Option<File>,
    /// Gone once the job is done: the read end is at its end for good.
    write: Option<File>,
    /// Write ends of pipes before this one, whose streams somebody may still have.
    former: Vec<File>,
    /// A byte is in the pipe.
    poked: bool,
}

impl Pipe {
    fn soothe(&mut self) {
        if self.poked
            && let Some(read) = &mut self.read
        {
            self.poked = read.read(&mut [0; 8]).is_err();
        }
    }
}

impl JobStream {
    /// A descriptor of the read end of its own. `done` is asked under the lock that [`Self::end`] takes as well.
    pub(super) fn descriptor(&self, done: impl Fn() -> bool) -> Result<OwnedFd, Error> {
        if fork::in_child() {
            return Err(Error::Forked);
        }
        let refused = |cause: std::io::Error| Error::system("a stream for the job", cause);
        let mut pipe = lock(&self.pipe);
        self.asked.store(true, Ordering::SeqCst); // before `done` is asked: whoever ends the job looks here after that
        if let Some(read) = pipe.as_ref().and_then(|pipe| pipe.read.as_ref()) {
            return Ok(read.try_clone().map_err(refused)?.into());
        }
        let (read, write) = thread::pipe().map_err(refused)?;
        let copy = read.try_clone().map_err(refused)?;
        // Another `Future` of the job was dropped before this one asked.
        let former = pipe
            .take()
            .map(|pipe| pipe.former.into_iter().chain(pipe.write).collect());
        let done = done();
        *pipe = Some(Box::new(Pipe {
            read: Some(read),
            write: (!done).then_some(write),
            former: former.filter(|_| !done).unwrap_or_default(),
            poked: false,
        }));
        Ok(copy.into())
    }

    /// Makes the stream readable.
    fn poke(&self) {
        if let Some(pipe) = &mut *lock(&self.pipe)
            && !pipe.poked
            && pipe.read.is_some()
            && let Some(write) = &mut pipe.write
        {
            pipe.poked = write.write(b"!").is_ok();
        }
    }

    /// Undoes a poke: the host has looked.
    fn soothe(&self) {
        if let Some(pipe) = &mut *lock(&self.pipe) {
            pipe.soothe();
        }
    }

    /// The job is done: readable for good.
    pub(super) fn end(&self) {
        if !self.asked.load(Ordering::SeqCst) {
            return;
        }
        if let Some(pipe) = &mut *lock(&self.pipe) {
            pipe.write = None;
            pipe.former.clear();
        }
    }

    /// Nobody is likely to ask for a descriptor again: nothing stays open but what a descriptor that was given out needs to turn
    /// readable at the end of a job that goes on. Not left to the last holder of the job, which may be its worker, a moment
    /// after the end. `done` as in [`Self::descriptor`].
    pub(super) fn close(&self, done: impl Fn() -> bool) {
        if fork::in_child() || !self.asked.load(Ordering::SeqCst) {
            return; // in the child a thread that is not here may hold the lock
        }
        let mut pipe = lock(&self.pipe);
        if done() {
            *pipe = None;
        } else if let Some(pipe) = &mut *pipe {
            pipe.soothe(); // nobody could later
            pipe.read = None;
        }
    }
}

/// The unfinished jobs that have a stream: all of them are told when any job's output must be fetched, because an event
/// loop may watch only one.
#[derive(Debug, Default)]
pub(super) struct Watched {
    jobs: Mutex<Vec<Weak<Job>>>,
    count: AtomicUsize,
    poked: AtomicBool,
}

impl Watched {
    /// Remembers a job that has a stream now.
    pub(super) fn add(&self, job: Weak<Job>) {
        let mut jobs = lock(&self.jobs);
        jobs.retain(|job| job.upgrade().is_some_and(|job| !job.is_done()));
        if !jobs.iter().any(|known| known.ptr_eq(&job)) {
            jobs.push(job);
        }
        self.count.store(jobs.len(), Ordering::SeqCst);
    }

    /// Makes every stream readable until the host has looked.
    pub(super) fn poke(&self) {
        if self.count.load(Ordering::SeqCst) > 0 {
            self.poked.store(true, Ordering::SeqCst);
            self.each(JobStream::poke);
        }
    }

    /// Whether streams are readable until the host has looked.
    pub(super) fn is_poked(&self) -> bool {
        self.poked.load(Ordering::SeqCst)
    }

    /// The host is looking.
    pub(super) fn soothe(&self) {
        if self.poked.load(Ordering::SeqCst) && self.poked.swap(false, Ordering::SeqCst) {
            self.each(JobStream::soothe);
        }
    }

    fn each(&self, act: impl Fn(&JobStream)) {
        let jobs: Vec<_> = lock(&self.jobs).iter().filter_map(Weak::upgrade).collect();
        for job in &jobs {
            act(job.stream());
        }
    }
}
