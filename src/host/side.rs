//! The host's thread while it waits for a guest: output, log and interrupts, all on that thread.

use std::ops::ControlFlow;

use super::shim::{self, Flow};
use crate::vm::HostSide;

/// What the engine may ask of the host during one call of a PHP method. `!Send`: it stands for the host's thread.
#[derive(Debug)]
pub(super) struct Side {
    flow: Flow,
    dispatch: bool,
    _host_thread: std::marker::PhantomData<*mut ()>,
}

impl Side {
    /// For a method called by PHP code: signal handlers and the time limit work while it waits.
    pub(super) fn new() -> Self {
        Self {
            flow: Flow::Ok,
            dispatch: true,
            _host_thread: std::marker::PhantomData,
        }
    }

    /// For the end of a request or of the process: no PHP code may run any more.
    pub(super) fn at_shutdown() -> Self {
        Self {
            dispatch: false,
            ..Self::new()
        }
    }

    /// Why a wait was left early.
    pub(super) fn flow(&self) -> Flow {
        self.flow
    }

    fn went(&mut self, flow: Flow) -> ControlFlow<()> {
        if flow == Flow::Ok {
            return ControlFlow::Continue(());
        }
        self.flow = flow;
        ControlFlow::Break(())
    }
}

impl HostSide for Side {
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.went(shim::write(bytes))
    }

    fn holds_back(&self) -> bool {
        shim::holds_back()
    }

    fn has_held(&self) -> bool {
        shim::has_held()
    }

    fn give_out(&mut self) -> ControlFlow<()> {
        self.went(shim::write(&[]))
    }

    fn log(&mut self, line: &[u8]) -> ControlFlow<()> {
        self.went(shim::log(line))
    }

    fn poll(&mut self) -> ControlFlow<()> {
        if self.dispatch && shim::interrupted() {
            return self.went(shim::dispatch());
        }
        ControlFlow::Continue(())
    }
}

/// The host's thread when all modules have ended the request: nobody is there whose output it would be.
#[derive(Debug)]
pub(super) struct Late;

impl HostSide for Late {
    fn write(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn log(&mut self, line: &[u8]) -> ControlFlow<()> {
        shim::log_late(line);
        ControlFlow::Continue(())
    }
}
