//! `FfiZts\Future`: a script that runs.

use std::sync::Arc;

use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;

use super::engine::{self, Stop};
use super::shim;
use super::side::Side;
use super::throw::{Class, throw, throw_error};
use crate::core::Deadline;
use crate::vm::Job;

/// A job of this process's VM. Dropping it neither stops the job nor waits for it: it ends by itself, or with the request.
#[php_class]
#[php(name = "FfiZts\\Future", flags = ext_php_rs::flags::ClassFlags::Final)]
pub struct Future {
    job: Arc<Job>,
}

impl Future {
    pub(super) fn new(job: Arc<Job>) -> Self {
        Self { job }
    }
}

impl Drop for Future {
    fn drop(&mut self) {
        self.job.close_stream();
    }
}

#[php_impl]
impl Future {
    /// Waits for the end of the job and returns its `FfiZts\Result`; what it threw is thrown here.
    ///
    /// `timeout` is in seconds; when it passes, `FfiZts\TimeoutException` is thrown and the job goes on.
    #[php(optional = timeout)]
    pub fn r#await(&self, timeout: Option<f64>) -> Zval {
        let Some(deadline) = deadline(timeout) else {
            return Zval::null();
        };
        engine::finish(engine::wait(&self.job, deadline, timeout, Stop::GoesOn))
    }

    /// Whether the job has ended. Output that it has written so far reaches the host's output.
    pub fn is_done(&self) -> bool {
        let flow = engine::with_vm(|vm| {
            let mut side = Side::new();
            let _ = vm.drain(&mut side);
            side.flow()
        });
        engine::leave(flow.unwrap_or(shim::Flow::Ok));
        self.job.is_done()
    }

    /// Asks the job to stop and waits for that, at most for `shutdown_timeout`. True when it stopped; false when it had
    /// ended already, or is lost in a call that does not return.
    pub fn cancel(&self) -> bool {
        engine::cancel(&self.job)
    }

    /// A stream for `stream_select()`: readable when `isDone()` should be asked. Do not read from it.
    pub fn get_stream(&self) -> Zval {
        match self.job.stream_fd() {
            Ok(fd) => shim::stream(fd).unwrap_or_else(|| {
                throw(
                    Class::Misuse,
                    "the host could not make a stream of the job's descriptor",
                );
                Zval::null()
            }),
            Err(error) => {
                throw_error(&error);
                Zval::null()
            }
        }
    }
}

/// The deadline of a timeout in seconds; `None` after throwing for one that is not a time.
pub(super) fn deadline(timeout: Option<f64>) -> Option<Deadline> {
    match Deadline::from_seconds(timeout) {
        Ok(deadline) => Some(deadline),
        Err(error) => {
            throw_error(&error);
            None
        }
    }
}
