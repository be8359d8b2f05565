//! What the engine needs from the host's thread while that thread waits.

use std::ops::ControlFlow;

/// The host, as a wait sees it. Its functions are called only on the thread that called into the [`Vm`](super::Vm), and
/// only during that call. `Break` means that the host must return to its own VM now; what was passed counts as taken.
pub trait HostSide {
    /// Output of a job.
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()>;

    /// Whether what is written now is kept, to be given out later: the host's own output is in the middle of something. What is
    /// written then comes out in the order of its writing, after what the host is at.
    fn holds_back(&self) -> bool {
        false
    }

    /// Whether anything was kept and not given out yet.
    fn has_held(&self) -> bool {
        false
    }

    /// Gives out what was kept, if that is possible now.
    fn give_out(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// A line for the host's log, without a newline.
    fn log(&mut self, line: &[u8]) -> ControlFlow<()>;

    /// A job asked for what was written so far to be sent.
    fn flush(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    /// Called at least every 50 ms while a call waits.
    fn poll(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A host that wants nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl HostSide for Nobody {
    fn write(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn log(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
