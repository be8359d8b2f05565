//! Output: order, bounds, liveness, streams.

use std::ops::ControlFlow;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ffi_zts::core::{Deadline, JobState};
use ffi_zts::vm::{BootConfig, HostSide, Job, Vm, Wait};

use crate::support::{LONG, Recorder, boot, config, end, isolated, output, readable, seconds, submit, until};

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

#[test]
fn all_of_it_arrives_in_order_before_the_end_is_seen() {
    isolated(|| {
        let vm = boot();
        for len in [0, 1, 4999, 1 << 20, (1 << 20) + 1, 20 << 20] {
            let (job, mut host) = (submit(&vm, &format!("fill {len}")), Recorder::default());
            assert_eq!(vm.wait(&job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
            assert!(host.bytes == pattern(len), "{len} bytes");
        }
        end(&vm);
    });
}

#[test]
fn small_writes_are_cheap() {
    isolated(|| {
        let vm = boot();
        let (job, mut host) = (submit(&vm, "lines 200000"), Recorder::default());
        let start = Instant::now();
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert_eq!(host.bytes.len(), 2_400_000);
        println!("200,000 writes: {:?}", start.elapsed());
        end(&vm);
    });
}

/// Whether a thread of this process waits, which one that has a processor to get does not.
fn sleeps(tid: i32) -> bool {
    let about = std::fs::read_to_string(format!("/proc/self/task/{tid}/stat")).unwrap();
    about
        .rsplit_once(") ")
        .is_some_and(|(_, fields)| fields.starts_with('S'))
}

#[test]
fn memory_is_bounded_however_slow_the_reader() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "fill 50000000");
        until("its writer waits", || {
            let workers = vm.info().unwrap().workers;
            workers
                .iter()
                .any(|worker| worker.job == Some(job.id()) && sleeps(worker.tid))
        });
        let mut host = Recorder::default();
        assert!(vm.drain(&mut host).is_continue());
        assert!(
            (900_000..=1 << 20).contains(&host.bytes.len()),
            "{} bytes were buffered",
            host.bytes.len()
        );
        assert!(!job.is_done());
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert_eq!(host.bytes.len(), 50_000_000);
        end(&vm);
    });
}

#[test]
fn a_wait_for_one_job_drains_all_of_them() {
    isolated(|| {
        let vm = boot();
        let noisy = submit(&vm, "fill 30000000");
        let silent = submit(&vm, "sleep 1");
        let mut host = Recorder::default();
        vm.wait(&silent, Deadline::after(LONG), &mut host).unwrap();
        let job = submit(&vm, "sleep 300");
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        until("the noisy one goes on while another is awaited", || {
            vm.wait(
                &noisy,
                Deadline::after(Duration::from_millis(1)),
                &mut Recorder::default(),
            ) == Ok(Wait::Done)
        });
        end(&vm);
    });
}

#[test]
fn the_first_output_wakes_the_host_and_a_flush_reaches_it() {
    isolated(|| {
        struct Impatient(Instant, Option<Duration>, usize);
        impl HostSide for Impatient {
            fn write(&mut self, _: &[u8]) -> ControlFlow<()> {
                self.1.get_or_insert(self.0.elapsed());
                ControlFlow::Continue(())
            }
            fn log(&mut self, _: &[u8]) -> ControlFlow<()> {
                ControlFlow::Continue(())
            }
            fn flush(&mut self) -> ControlFlow<()> {
                self.2 += 1;
                ControlFlow::Continue(())
            }
        }
        let vm = boot();
        output(&vm, "");
        let mut waits = Vec::new();
        for _ in 0..10 {
            let job = submit(&vm, "sleep 10;echo x;flush;sleep 100");
            let mut host = Impatient(Instant::now(), None, 0);
            vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
            assert!(host.2 >= 1, "no flush");
            waits.push(host.1.unwrap());
        }
        waits.sort_unstable();
        assert!(
            waits[5] < Duration::from_millis(35),
            "output waited for the slice to end: {waits:?}"
        );
        end(&vm);
    });
}

#[test]
fn log_lines_arrive() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        let job = submit(&vm, "log one;log two");
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert_eq!(host.logs, ["one", "two"]);
        end(&vm);
    });
}

#[test]
fn discarded_output_ends_the_writing() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "fill 100000000");
        until("it runs", || job.state() == JobState::Running);
        job.discard_output();
        let mut host = Recorder::default();
        vm.wait(&job, Deadline::after(LONG), &mut host).unwrap();
        assert!(host.bytes.is_empty());
        end(&vm);
    });
}

/// A host whose `write` waits for another job, as a PHP output callback may.
struct Nested<'v>(&'v Vm, Arc<Job>, usize);

impl HostSide for Nested<'_> {
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        self.2 += bytes.len();
        let mut inner = Recorder::default();
        assert_eq!(self.0.wait(&self.1, Deadline::after(LONG), &mut inner), Ok(Wait::Done));
        self.2 += inner.bytes.len();
        ControlFlow::Continue(())
    }

    fn log(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
fn a_wait_within_a_delivery_does_not_hang() {
    isolated(|| {
        let vm = boot();
        for _ in 0..20 {
            let outer = submit(&vm, "fill 3000000");
            let inner = submit(&vm, "echo inner;sleep 2;echo inner");
            let mut host = Nested(&vm, inner, 0);
            assert_eq!(vm.wait(&outer, Deadline::after(LONG), &mut host), Ok(Wait::Done));
            assert_eq!(host.2, 3_000_010);
        }
        end(&vm);
    });
}

/// A host whose output callback waits for the very job that it is called for; what comes meanwhile is kept for later.
struct Keeping<'v> {
    vm: &'v Vm,
    job: &'v Arc<Job>,
    within: bool,
    bytes: Vec<u8>,
    held: Vec<u8>,
}

impl HostSide for Keeping<'_> {
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        if self.within {
            self.held.extend_from_slice(bytes);
            return ControlFlow::Continue(());
        }
        self.within = true;
        let (vm, job) = (self.vm, self.job);
        assert_eq!(vm.wait(job, Deadline::after(LONG), self), Ok(Wait::Done));
        self.within = false;
        self.bytes.extend_from_slice(bytes);
        ControlFlow::Continue(())
    }

    fn holds_back(&self) -> bool {
        self.within
    }

    fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    fn give_out(&mut self) -> ControlFlow<()> {
        self.bytes.append(&mut self.held);
        ControlFlow::Continue(())
    }

    fn log(&mut self, _: &[u8]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[test]
fn a_wait_within_a_delivery_may_be_for_the_job_that_is_delivered() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "fill 5000000");
        let mut host = Keeping {
            vm: &vm,
            job: &job,
            within: false,
            bytes: Vec::new(),
            held: Vec::new(),
        };
        // The job is done by then, and what was kept is still to be delivered.
        assert_eq!(vm.wait(&job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
        assert!(vm.drain(&mut host).is_continue());
        assert!(host.bytes == pattern(5_000_000));
        end(&vm);
    });
}

#[test]
fn two_threads_may_wait_at_once() {
    isolated(|| {
        let vm = Vm::boot(BootConfig { threads: 4, ..config() }).unwrap();
        let total: usize = std::thread::scope(|scope| {
            let waiters: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut host = Recorder::default();
                        for _ in 0..200 {
                            let job = submit(&vm, "fill 3000;sleep 0;echo x");
                            assert_eq!(vm.wait(&job, Deadline::after(LONG), &mut host), Ok(Wait::Done));
                        }
                        host.bytes.len()
                    })
                })
                .collect();
            waiters.into_iter().map(|waiter| waiter.join().unwrap()).sum()
        });
        assert_eq!(total, 4 * 200 * 3001);
        end(&vm);
    });
}

#[test]
fn a_stream_is_readable_at_the_end_and_for_good() {
    isolated(|| {
        let vm = boot();
        let job = submit(&vm, "echo a;sleep 100");
        let stream = job.stream_fd().unwrap();
        assert!(!readable(&stream, Duration::from_millis(20)));
        assert!(readable(&stream, LONG) && job.is_done());
        assert!(vm.drain(&mut Recorder::default()).is_continue());
        assert!(readable(&stream, Duration::ZERO));
        assert!(
            readable(&job.stream_fd().unwrap(), Duration::ZERO),
            "one made afterwards, too"
        );
        let flags = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", stream.as_raw_fd())).unwrap();
        assert!(
            flags
                .lines()
                .any(|line| line.starts_with("flags:") && line.ends_with("2004002")),
            "{flags}"
        );
        end(&vm);
    });
}

#[test]
fn a_stream_that_is_closed_leaves_no_descriptor_behind() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        assert_eq!(output(&vm, ""), ""); // whatever is opened once is open
        let before = descriptors();
        // Looked at in the moment of the end, over and over: the worker is on its way from there to its next job.
        for round in 0..2000 {
            let job = submit(&vm, "echo a");
            let stream = job.stream_fd().unwrap();
            assert_eq!(vm.wait(&job, seconds(60.0), &mut host), Ok(Wait::Done));
            assert!(readable(&stream, Duration::ZERO), "not at its end after job {round}");
            job.close_stream();
            drop(stream);
            assert_eq!(descriptors(), before, "after job {round}");
        }
        end(&vm);
    });
}

#[test]
fn a_stream_turns_readable_at_the_end_of_a_job_that_nobody_asks_about_any_more() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        let before = descriptors();
        let job = submit(&vm, "fill 5000000;sleep 50");
        let stream = job.stream_fd().unwrap();
        assert_eq!(descriptors(), before + 1);
        // Its output must be fetched, but whoever holds this stream cannot do that any more.
        assert!(readable(&stream, LONG));
        job.close_stream();
        assert_eq!(descriptors(), before + 1, "the stream, which is what ends it");
        assert!(!readable(&stream, Duration::ZERO));
        while !job.is_done() {
            assert!(vm.drain(&mut host).is_continue());
            let early = readable(&stream, Duration::ZERO);
            assert!(!early || job.is_done());
        }
        assert!(readable(&stream, LONG));
        assert!(vm.drain(&mut host).is_continue());
        assert!(host.bytes == pattern(5_000_000));
        end(&vm);
    });
}

#[test]
fn a_second_future_of_a_job_leaves_streams_of_the_first_alone() {
    isolated(|| {
        let (vm, mut host) = (boot(), Recorder::default());
        let before = descriptors();
        let job = submit(&vm, "block 100");
        let first = job.stream_fd().unwrap();
        job.close_stream();
        let second = job.stream_fd().unwrap();
        assert!(!readable(&first, Duration::ZERO) || job.is_done());
        assert_eq!(vm.wait(&job, seconds(60.0), &mut host), Ok(Wait::Done));
        assert!(readable(&first, LONG) && readable(&second, LONG));
        job.close_stream();
        drop((first, second));
        assert_eq!(descriptors(), before);
        end(&vm);
    });
}

/// How many descriptors this process has open.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn an_event_loop_that_only_selects_does_not_starve_a_noisy_job() {
    isolated(|| {
        let vm = boot();
        let noisy = submit(&vm, "fill 20000000");
        let quiet = submit(&vm, "sleep 300");
        let streams = [noisy.stream_fd().unwrap(), quiet.stream_fd().unwrap()];
        let mut host = Recorder::default();
        while !(noisy.is_done() && quiet.is_done()) {
            // The loop watches the quiet one only, until that ends.
            let watched = if quiet.is_done() { &streams[0] } else { &streams[1] };
            assert!(readable(watched, LONG));
            assert!(vm.drain(&mut host).is_continue());
        }
        assert!(vm.drain(&mut host).is_continue());
        assert!(host.bytes == pattern(20_000_000));
        end(&vm);
    });
}
