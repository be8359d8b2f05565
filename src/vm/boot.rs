//! The boot thread, and the rule that a process boots once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};

use super::engine::Engine;
use super::guest::{BootThread, Guest};
use super::hub::Hub;
use super::open::Refused;
use super::sys::environment::Exchanged;
use super::sys::process::ProcessState;
use super::sys::{arena, exit, fork, thread};
use super::time_zones::{Source, TimeZones};
use super::timekeeper::Timekeeper;
use super::worker::spawn_masked;
use super::{BootConfig, Vm, callbacks, open};
use crate::core::event::lock;
use crate::core::state::StateCell;
use crate::core::{Error, VmState};

static STATE: LazyLock<StateCell<VmState>> = LazyLock::new(|| StateCell::new(VmState::New));
static CURRENT: Mutex<Option<Vm>> = Mutex::new(None);
/// Why a boot failed after which there cannot be another.
static FAILED: Mutex<Option<String>> = Mutex::new(None);

/// What PHP allocates while it starts, in bytes.
const STARTUP_DATA: usize = 3 << 20;

/// State of this process's one VM. Takes no lock.
pub fn process_state() -> VmState {
    STATE.get()
}

/// The VM of this process, if it has booted.
pub(super) fn current() -> Option<Vm> {
    lock(&CURRENT).clone()
}

/// The boot thread as others see it.
#[derive(Debug)]
pub(super) struct BootHandle {
    /// What the thread does while the guest is up.
    pub(super) timekeeper: Arc<Timekeeper>,
    ended: Arc<AtomicBool>,
    handle: Mutex<Option<JoinHandle<()>>>,
    before: ProcessState,
}

impl BootHandle {
    /// Asks the thread to shut the guest down.
    pub(super) fn begin_shutdown(&self) {
        self.timekeeper.end();
    }

    /// The thread has shut the guest down.
    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// The last step of a shutdown, once the thread has [ended](Self::ended): nothing of the guest runs from here on.
    pub(super) fn finish_shutdown(&self) -> Result<(), Error> {
        if let Some(handle) = lock(&self.handle).take() {
            let _ = handle.join();
            exit::thread_joined();
            self.before.restore(false);
        }
        *lock(&CURRENT) = None;
        Ok(STATE.advance(VmState::Draining, VmState::Down)?)
    }
}

/// Leaves the state in which jobs are accepted; true when it was left by this call.
pub(super) fn begin_draining() -> bool {
    STATE.advance(VmState::Ready, VmState::Draining).is_ok()
}

/// How a boot failed.
struct Failure {
    error: Error,
    /// Code of the guest ran, so there is no second try.
    guest_ran: bool,
}

pub(super) fn boot(config: BootConfig) -> Result<Vm, Error> {
    if fork::in_child() {
        return Err(Error::Forked);
    }
    STATE.advance(VmState::New, VmState::Booting).map_err(|_| refusal())?;
    fork::watch();
    match start(config) {
        Ok(engine) => {
            let vm = Vm { engine };
            *lock(&CURRENT) = Some(vm.clone());
            exit::guard();
            STATE.advance(VmState::Booting, VmState::Ready)?;
            Ok(vm)
        }
        Err(failure) => {
            if failure.guest_ran {
                *lock(&FAILED) = Some(failure.error.to_string());
            }
            STATE.advance(
                VmState::Booting,
                if failure.guest_ran { VmState::Down } else { VmState::New },
            )?;
            Err(failure.error)
        }
    }
}

/// Why there cannot be another boot now.
fn refusal() -> Error {
    let cause = match (process_state(), &*lock(&FAILED)) {
        (_, Some(earlier)) => format!("an earlier boot failed and PHP starts once per process; {earlier}"),
        (VmState::Down, None) => "the VM was shut down, and PHP starts once per process".into(),
        (state, None) => format!("this process has a VM already; it is {state}"),
    };
    Error::State(format!("boot: {cause}"))
}

fn start(config: BootConfig) -> Result<Arc<Engine>, Failure> {
    let before = ProcessState::save();
    let hub = Arc::new(Hub::new(config.extensions.clone()));
    let config = Arc::new(config);
    let (report, reported) = crossbeam_channel::bounded(1);
    let (read, zones) = crossbeam_channel::bounded(1);
    let timekeeper = Arc::new(Timekeeper::default());
    let ended = Arc::new(AtomicBool::new(false));
    let body = {
        let (config, hub, ended, timekeeper) = (config.clone(), hub.clone(), ended.clone(), timekeeper.clone());
        move || {
            let _end = End {
                hub: Arc::clone(&hub),
                ended,
            };
            live(&config, &hub, &zones, &report, &timekeeper);
        }
    };
    let handle = spawn_masked("ffi_zts-boot", config.stack_size, body).map_err(|error| Failure {
        error,
        guest_ran: false,
    })?;
    // Beside the boot thread, which opens libphp meanwhile. It may have ended without waiting for them.
    let _ = read.send(config.time_zones.as_deref().and_then(Source::read));
    let died = || Failure {
        error: Error::boot("start the guest", "the boot thread panicked"),
        guest_ran: true,
    };
    let result = reported.recv().unwrap_or_else(|_| Err(died()));
    before.restore(true);
    match result {
        Ok((guest, refused)) => {
            let boot = BootHandle {
                timekeeper,
                ended,
                handle: Mutex::new(Some(handle)),
                before,
            };
            Ok(Engine::new(guest, refused, hub, boot, &config))
        }
        Err(failure) => {
            let _ = handle.join();
            exit::thread_joined();
            Err(failure)
        }
    }
}

/// The whole life of the boot thread. It looks after time limits while the guest is up, because TSRM can only be shut down where it started.
fn live(
    config: &BootConfig,
    hub: &Arc<Hub>,
    zones: &Receiver<Option<TimeZones>>,
    report: &Sender<Result<(Guest, Vec<Refused>), Failure>>,
    timekeeper: &Timekeeper,
) {
    let _ = thread::unshare_fs();
    arena::make_room(STARTUP_DATA);
    callbacks::enter(hub);
    // SAFETY: until the guest is up the host's thread reads files of time zones and waits, and looks at no variable.
    let environment = config.environment.map(|block| unsafe { Exchanged::new(block) });
    let opened = open::open(config);
    let zones = zones.recv().ok().flatten();
    let started = opened
        .map_err(|error| Failure {
            error,
            guest_ran: false,
        })
        .and_then(|opened| {
            let thread = BootThread::boot(opened.guest, config, &opened.extensions, zones)
                .map_err(|error| Failure { error, guest_ran: true })?;
            Ok((opened, thread))
        });
    drop(environment);
    match started {
        Ok((opened, thread)) => {
            let _ = report.send(Ok((opened.guest, opened.refused)));
            timekeeper.keep();
            thread.shutdown();
        }
        Err(failure) => drop(report.send(Err(failure))),
    }
}

/// Says that the boot thread has ended, however it came to that.
struct End {
    hub: Arc<Hub>,
    ended: Arc<AtomicBool>,
}

impl Drop for End {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        self.hub.event.notify();
    }
}
