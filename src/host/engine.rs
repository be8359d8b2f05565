//! The one VM of the process, and what the PHP classes do with it.
//!
//! # Safety
//! Everything here runs on the host's thread. The VM outlives requests (FPM); jobs belong to the request that started
//! them, by number.

use std::cell::RefCell;
use std::ffi::c_int;
use std::sync::Arc;
use std::time::Duration;

use ext_php_rs::types::Zval;

use super::shim::{self, Flow};
use super::side::{Late, Side};
use super::throw::{Class, throw, throw_error};
use super::{facts, surroundings};
use crate::bridge::abi;
use crate::core::options::Options;
use crate::core::policy::{self, HostFacts};
use crate::core::{Deadline, Error};
use crate::vm::preflight::{self, Prepared};
use crate::vm::{
    HostCall, HostSide, Job, Outcome, ScriptMode, ShutdownLimits, ShutdownMode, Surroundings, Vm, Wait, probe,
};

/// A booted VM and what it was booted with.
struct Booted {
    vm: Vm,
    boot: Boot,
    prepared: PreparedFacts,
}

/// What a VM was booted with, as far as its jobs are concerned.
pub(super) struct Boot {
    pub(super) options: Arc<Options>,
    /// Of that moment.
    pub(super) facts: HostFacts,
    /// What it has from the host's php.ini.
    pub(super) taken: facts::Settings,
    /// The host imposes nothing on its jobs; see [`facts::is_free`].
    pub(super) free: bool,
}

/// What `info()` tells of the files.
pub(super) struct PreparedFacts {
    pub(super) library: String,
    pub(super) php_version: String,
    pub(super) extensions: preflight::ExtensionRules,
    pub(super) warnings: Vec<String>,
    /// What the host has and the guest has not.
    pub(super) lacking: Vec<preflight::Lacking>,
}

impl Booted {
    /// Options that are others than those of the boot. Off the command line they are those of the process.
    fn differences(&self, options: &Arc<Options>) -> Vec<&'static str> {
        if Arc::ptr_eq(&self.boot.options, options) {
            Vec::new()
        } else if facts::is_command_line() {
            self.boot.options.differences(options)
        } else {
            options.process_differences(&self.boot.options)
        }
    }
}

/// The options of one request.
struct Own {
    options: Arc<Options>,
    /// A job has them: they are for good.
    is_used: bool,
}

#[derive(Default)]
struct Process {
    /// Checked by `FfiZts::boot()`, used by the first job if its options are still these.
    pending: Option<(Arc<Options>, Prepared)>,
    /// Off the command line, where a guest serves requests of different people: what this one's first job had, or else the options that
    /// it checked last, of a guest that was booted before.
    own: Option<Own>,
    booted: Option<Booted>,
    /// What `ffi-zts run` gives beside the options.
    raw_ini: Option<facts::RawIni>,
    /// Number of the present request.
    request: u64,
    /// Until when its jobs may go on; none while it has not begun to end.
    ends: Option<Deadline>,
}

thread_local! {
    static PROCESS: RefCell<Process> = RefCell::default();
}

impl Process {
    /// Options that are others than those that the guest, or this request, has for good; `None`: there is no guest.
    fn differences(&self, options: &Arc<Options>) -> Option<Vec<&'static str>> {
        let mut names = self.booted.as_ref()?.differences(options);
        if let Some(own) = self
            .own
            .as_ref()
            .filter(|own| own.is_used && !Arc::ptr_eq(&own.options, options))
        {
            let more = own.options.differences(options);
            names.extend(
                more.into_iter()
                    .filter(|name| !names.contains(name))
                    .collect::<Vec<_>>(),
            );
        }
        Some(names)
    }

    /// A guest that was booted before is to have these in this request.
    fn take(&mut self, options: &Arc<Options>, is_used: bool) {
        if !facts::is_command_line() && !self.own.as_ref().is_some_and(|own| own.is_used) {
            let options = Arc::clone(options);
            self.own = Some(Own { options, is_used });
        }
    }
}

/// Validates options and checks every file, without opening any of them. `false`: thrown.
pub(super) fn check(options: &Arc<Options>) -> bool {
    let differences = PROCESS.with_borrow(|process| process.differences(options));
    let is_booted = differences.is_some();
    if !same_options(&differences.unwrap_or_default()) {
        return false;
    }
    if is_booted && facts::is_command_line() {
        return true;
    }
    let host = facts::collect();
    if let Err(error) = facts::check_trust(options, &host).and_then(|()| policy::guest_ini(&host, options).map(drop)) {
        throw(Class::Policy, &error.to_string());
        return false;
    }
    if is_booted {
        PROCESS.with_borrow_mut(|process| process.take(options, false));
        return true;
    }
    match preflight::preflight(options, &facts::host_env()) {
        Ok(prepared) => {
            PROCESS.with_borrow_mut(|process| process.pending = Some((Arc::clone(options), prepared)));
            true
        }
        Err(error) => {
            throw(Class::Boot, &format!("boot: {error}"));
            false
        }
    }
}

fn same_options(differences: &[&'static str]) -> bool {
    if differences.is_empty() {
        return true;
    }
    throw(
        Class::Misuse,
        &format!(
            "the VM of this process was booted with other options ({}); a process has one VM: boot it once with what \
             every part needs",
            differences.join(", ")
        ),
    );
    false
}

/// The options that this request's jobs have, or that were checked last.
pub(super) fn current_options() -> Option<Arc<Options>> {
    PROCESS.with_borrow_mut(|process| {
        if let Some(own) = &process.own {
            return Some(Arc::clone(&own.options));
        }
        match &process.booted {
            Some(booted) if facts::is_command_line() => Some(Arc::clone(&booted.boot.options)),
            Some(booted) => {
                let options = Arc::new(booted.boot.options.for_request(&facts::settings()));
                process.take(&options, false);
                Some(options)
            }
            None => process.pending.as_ref().map(|(options, _)| Arc::clone(options)),
        }
    })
}

/// The options of this request's jobs cannot be changed any more.
pub(super) fn is_settled() -> bool {
    PROCESS.with_borrow(|process| match &process.own {
        Some(own) => own.is_used,
        None => process.booted.is_some() && facts::is_command_line(),
    })
}

/// Calls with what the VM was booted with and the options of this request's jobs.
pub(super) fn with_request<R>(body: impl FnOnce(&Boot, &Options) -> R) -> Option<R> {
    PROCESS.with_borrow(|process| {
        let boot = &process.booted.as_ref()?.boot;
        let own = process.own.as_ref().map_or(&boot.options, |own| &own.options);
        Some(body(boot, own))
    })
}

/// Number of the present request.
pub(super) fn request() -> u64 {
    PROCESS.with_borrow(|process| process.request)
}

/// The VM if it has been booted.
pub(super) fn with_vm<R>(body: impl FnOnce(&Vm) -> R) -> Option<R> {
    let vm = PROCESS.with_borrow(|process| process.booted.as_ref().map(|booted| booted.vm.clone()));
    vm.map(|vm| body(&vm))
}

/// The VM, booted now if this is the first use; `None`: thrown.
fn vm(options: &Arc<Options>) -> Option<Vm> {
    if let Some(differences) = PROCESS.with_borrow(|process| process.differences(options)) {
        if !same_options(&differences) {
            return None;
        }
        return PROCESS.with_borrow_mut(|process| {
            process.take(options, true);
            process.booted.as_ref().map(|booted| booted.vm.clone())
        });
    }
    boot(options)
}

fn boot(options: &Arc<Options>) -> Option<Vm> {
    let pending = PROCESS.with_borrow_mut(|process| process.pending.take());
    let prepared = match pending {
        Some((checked, prepared)) if Arc::ptr_eq(&checked, options) || checked == *options => prepared,
        _ => {
            if !check(options) {
                return None;
            }
            PROCESS.with_borrow_mut(|process| process.pending.take())?.1
        }
    };
    let host = facts::collect();
    let process = if host.is_cli {
        Arc::clone(options)
    } else {
        Arc::new(options.of_process(&facts::settings()))
    };
    let raw = PROCESS.with_borrow_mut(|process| process.raw_ini.take());
    let free = facts::is_free(&host, raw.as_ref());
    let taken = facts::taken(raw.as_ref());
    // A failing startup may end the process: what goes beyond the tested runtime is rehearsed in a child. The command
    // `ffi-zts run` is a process for one script, which ends as php would.
    let wants_probe = raw.is_none() && facts::wants_probe(&process, &prepared.extensions);
    let (config, told) = match facts::boot_config(&process, &host, prepared, &taken, raw.as_ref()) {
        Ok(config) => config,
        Err(error) => {
            throw_error(&error);
            return None;
        }
    };
    let rehearsed = if wants_probe { probe(config) } else { Ok(config) };
    match rehearsed.and_then(Vm::boot) {
        Ok(vm) => {
            PROCESS.with_borrow_mut(|state| {
                state.take(options, true);
                state.booted = Some(Booted {
                    vm: vm.clone(),
                    boot: Boot {
                        options: process,
                        facts: host,
                        taken,
                        free,
                    },
                    prepared: told,
                });
            });
            Some(vm)
        }
        Err(error) => {
            throw_error(&error);
            None
        }
    }
}

/// One script as a method was asked to run it.
pub(super) struct Request {
    pub(super) mode: ScriptMode,
    pub(super) script: Vec<u8>,
    pub(super) argv: Vec<Vec<u8>>,
    pub(super) as_cli: bool,
}

/// Starts a job; `None`: thrown.
pub(super) fn submit(options: &Arc<Options>, request: Request) -> Option<Arc<Job>> {
    let vm = vm(options)?;
    let around = match surroundings::of_script(options) {
        Ok(around) => around,
        Err(error) => {
            throw_error(&error);
            return None;
        }
    };
    let Request {
        mode,
        script,
        argv,
        as_cli,
    } = request;
    match vm.submit_inside(&around, as_cli, mode, script, argv) {
        Ok(job) => Some(job),
        Err(error) => {
            throw_error(&error);
            None
        }
    }
}

/// The VM has these options in this request, and is booted now if that is its first use; `false`: thrown.
pub(super) fn ready(options: &Arc<Options>) -> bool {
    let up = PROCESS.with_borrow(|process| match (&process.own, &process.booted) {
        (Some(own), Some(_)) => own.is_used && Arc::ptr_eq(&own.options, options),
        (None, Some(booted)) => Arc::ptr_eq(&booted.boot.options, options),
        _ => false,
    });
    up || vm(options).is_some()
}

/// The engine's way to this thread, for calls of the shared C code.
#[derive(Debug)]
struct Calls;

impl HostCall for Calls {
    fn with_side(&self, act: &mut dyn FnMut(&mut dyn HostSide)) -> c_int {
        let mut side = Side::new();
        act(&mut side);
        match side.flow() {
            Flow::Ok => abi::DONE,
            Flow::Thrown => abi::LEAVE,
            Flow::Bailout => abi::BAILOUT,
        }
    }

    fn surroundings(&self) -> Result<Arc<Surroundings>, Error> {
        surroundings::of_task()
    }
}

/// What the shared C code asks the engine for.
pub(super) fn table() -> &'static abi::EngineTable {
    crate::vm::host_table(&Calls)
}

/// Waits for a job that nobody else can ask for. `Err` carries how the method must be left; what is to be thrown is pending then.
pub(super) fn wait(job: &Arc<Job>) -> Result<Zval, Flow> {
    let mut side = Side::new();
    match with_vm(|vm| vm.wait(job, Deadline::never(), &mut side)).unwrap_or(Err(Error::Closed)) {
        Ok(Wait::Done) => shim::outcome(job),
        Ok(_) => {
            abandon(job);
            Err(side.flow())
        }
        Err(error) => Err(refused(&error, &side)),
    }
}

/// How a wait is left that was refused, perhaps on its way: what PHP code has thrown there meanwhile comes first.
fn refused(error: &Error, side: &Side) -> Flow {
    if side.flow() == Flow::Ok {
        throw_error(error);
        return Flow::Thrown;
    }
    side.flow()
}

/// Waits for a job that displays its own errors, and returns its exit status.
pub(super) fn exit_status(job: &Arc<Job>) -> Result<i32, Flow> {
    let mut side = Side::new();
    match with_vm(|vm| vm.wait(job, Deadline::never(), &mut side)).unwrap_or(Err(Error::Closed)) {
        Ok(Wait::Done) => match job.outcome() {
            Some(Outcome::Exited { status, .. } | Outcome::Threw { status, .. } | Outcome::Fatal { status, .. }) => {
                Ok(*status)
            }
            Some(Outcome::NotStarted(why)) => {
                throw(Class::Script, why);
                Err(Flow::Thrown)
            }
            _ => Ok(255),
        },
        Ok(_) => {
            abandon(job);
            Err(side.flow())
        }
        Err(error) => Err(refused(&error, &side)),
    }
}

/// php.ini lines of the `ffi-zts run` command, for the boot that follows.
pub(super) fn raw_ini(raw: facts::RawIni) {
    PROCESS.with_borrow_mut(|process| process.raw_ini = Some(raw));
}

/// Those lines were for one boot: it is over, failed, or there was none.
pub(super) fn forget_raw_ini() {
    PROCESS.with_borrow_mut(|process| process.raw_ini = None);
}

/// Stops a job that nobody will ask for; its output goes nowhere.
fn abandon(job: &Arc<Job>) {
    job.discard_output();
    with_vm(|vm| {
        vm.cancel(job, Deadline::after(ABANDON_LIMIT), &mut crate::vm::Nobody)
            .map(drop)
    });
}

/// How long a wait that is left early waits for its job to unwind; a job that needs longer is lost to this process.
const ABANDON_LIMIT: Duration = Duration::from_millis(50);

/// Returns what a wait brought, or leaves as it says. Called last in a method.
pub(super) fn finish(waited: Result<Zval, Flow>) -> Zval {
    match waited {
        Ok(value) => value,
        Err(flow) => {
            leave(flow);
            Zval::null()
        }
    }
}

/// Goes on with a bailout; returns for the other flows. Called in a method, where it holds nothing yet or any more.
pub(super) fn leave(flow: Flow) {
    if flow == Flow::Bailout {
        // SAFETY: methods call this last; what they held has been moved or dropped.
        unsafe { shim::bailout() }
    }
}

/// `Vm::shutdown()`.
pub(super) fn shutdown(timeout: Option<f64>) {
    let Some(limit) = current_options().map(|options| options.shutdown_timeout) else {
        return;
    };
    let limit = match timeout {
        None => limit,
        Some(seconds) => {
            let Ok(limit) = Duration::try_from_secs_f64(seconds) else {
                throw(
                    Class::Misuse,
                    "shutdown(): the timeout must be a number of seconds, 0 or more",
                );
                return;
            };
            limit
        }
    };
    let mut side = Side::new();
    let report = with_vm(|vm| vm.shutdown(ShutdownMode::Drain, ShutdownLimits::within(limit), Some(&mut side)));
    match report {
        Some(Ok(report)) if !report.stragglers.is_empty() => throw(
            Class::Timeout,
            &format!(
                "{} job(s) did not stop within {} s; the process ends without them",
                report.stragglers.len(),
                limit.as_secs_f64()
            ),
        ),
        Some(Err(error)) => leave(refused(&error, &side)),
        _ => leave(side.flow()),
    }
}

/// Request startup.
pub(super) fn request_begins() {
    PROCESS.with_borrow_mut(|process| {
        process.request += 1;
        process.ends = None;
        process.own = None;
        process.raw_ini = None;
        if !facts::is_command_line() {
            process.pending = None;
        }
        crate::vm::request_begins(process.request);
    });
    surroundings::forget();
    facts::set_ceilings();
}

/// Request shutdown: unfinished jobs of this request get `shutdown_timeout` to end, their output still being delivered;
/// then they are stopped. Nothing of a request goes on behind the next one's back.
pub(super) fn request_ends() {
    end_jobs(&mut Side::at_shutdown());
}

/// All modules have ended the request, its heap is still there. PHP code may have run since [`request_ends`], a session's save
/// handler for one: what it has started ends in the same way, but nobody is there for its output.
pub(super) fn request_is_over() {
    end_jobs(&mut Late);
    shim::drop_held();
    shim::forget_generation();
}

fn end_jobs(side: &mut dyn HostSide) {
    let (owner, deadline) = PROCESS.with_borrow_mut(|process| {
        let limit = process
            .booted
            .as_ref()
            .map(|booted| booted.boot.options.shutdown_timeout);
        let ends = limit.map(|limit| *process.ends.get_or_insert_with(|| Deadline::after(limit)));
        (process.request, ends)
    });
    let Some(deadline) = deadline else { return };
    with_vm(|vm| {
        let Ok(jobs) = vm.jobs_of(owner) else {
            return; // after a fork: the jobs are the parent's
        };
        let _ = vm.drain(side); // also without a job: what was not awaited is in the log
        for job in &jobs {
            if !matches!(vm.wait(job, deadline, side), Ok(Wait::Done)) {
                break;
            }
        }
        let left: Vec<_> = jobs.into_iter().filter(|job| !job.is_done()).collect();
        for job in &left {
            job.discard_output();
        }
        // Cancelled or lost: either way the VM has counted it, and nobody is left to tell. All within one limit, so that the
        // end takes no longer the more jobs there are (promise 5).
        let stop = Deadline::after(REQUEST_STOP_LIMIT);
        let _ = vm.cancel_all(&left, stop, side);
        if surroundings::forget_tasks() {
            vm.end_requests(stop, side);
        }
    });
}

// Promise 5: the process ends within `shutdown_timeout` and a second. What follows the `shutdown_timeout` shares the second, and a
// fifth of it is left for a busy machine.

/// How long the jobs of a request, and the requests that workers keep for its tasks, may take to stop when the request ends: one
/// that ignores the first demand is bailed out of at half of it, and on a busy machine needs a while to get there.
const REQUEST_STOP_LIMIT: Duration = Duration::from_millis(500);
/// How long the workers may take to end when the process ends.
const STOP_LIMIT: Duration = Duration::from_millis(300);
/// Until when the guest shuts itself down, counted from the end of the `shutdown_timeout`.
const ENDING: Duration = Duration::from_millis(800);
/// The same, counted from the begin of the process's end, where that has passed: a process of FPM ends long after its last request.
const LATE_ENDING: Duration = Duration::from_millis(400);

/// Module shutdown: interrupt, join to a deadline. Stragglers are left to the exit handler of the VM.
pub(super) fn process_ends() {
    let ends = PROCESS.with_borrow(|process| process.ends);
    let left = ends.map_or(Duration::ZERO, |ends| ends.postponed(ENDING).slice(Duration::MAX));
    let limits = ShutdownLimits {
        workers: STOP_LIMIT,
        all: left.max(LATE_ENDING),
    };
    with_vm(|vm| vm.shutdown(ShutdownMode::Interrupt, limits, None).map(drop));
}

/// Everything `info()` tells.
pub(super) fn with_booted<R>(body: impl FnOnce(&Vm, &Options, &PreparedFacts) -> R) -> Option<R> {
    PROCESS.with_borrow(|process| {
        process
            .booted
            .as_ref()
            .map(|booted| body(&booted.vm, &booted.boot.options, &booted.prepared))
    })
}
