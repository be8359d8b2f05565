//! Every order in which a few threads can use a channel, an event or a parking place, as loom finds them:
//! `RUSTFLAGS="--cfg loom" cargo test --release --no-default-features --test loom`.
#![cfg(loom)]

use std::sync::Arc;

use ffi_zts::core::Deadline;
use ffi_zts::core::channel::{Capacity, Channel, RecvError, SendError};
use ffi_zts::core::event::Event;
use ffi_zts::core::parking::Parking;
use ffi_zts::core::select::{Source, select};
use ffi_zts::core::waiter::{Wait, Waiter};
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

/// Parks until it is done: a lost wake-up is a deadlock, which loom reports.
#[derive(Default)]
struct Patient(Arc<Event>);

impl Waiter for Patient {
    fn event(&self) -> &Arc<Event> {
        &self.0
    }

    fn wait(&mut self, done: &dyn Fn() -> bool, _: Deadline) -> Wait {
        loop {
            let ticket = self.0.ticket();
            if done() {
                return Wait::Done;
            }
            let _ = ticket.park_or_signal(std::time::Duration::MAX);
        }
    }
}

/// Gives up at once, in the moment of its first wait.
#[derive(Default)]
struct Hasty(Arc<Event>);

impl Waiter for Hasty {
    fn event(&self) -> &Arc<Event> {
        &self.0
    }

    fn wait(&mut self, done: &dyn Fn() -> bool, _: Deadline) -> Wait {
        if done() { Wait::Done } else { Wait::TimedOut }
    }
}

fn model(body: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(body);
}

fn send(channel: &Channel<u32>, value: u32) -> Result<(), SendError<u32>> {
    channel.send(value, &mut Patient::default(), Deadline::never())
}

fn receive(channel: &Channel<u32>) -> Result<u32, RecvError> {
    channel.recv(&mut Patient::default(), Deadline::never())
}

#[test]
fn an_event_loses_no_notification() {
    model(|| {
        let (event, ready) = (Arc::new(Event::default()), Arc::new(AtomicUsize::new(0)));
        let notifier = {
            let (event, ready) = (Arc::clone(&event), Arc::clone(&ready));
            thread::spawn(move || {
                ready.store(1, Ordering::SeqCst);
                event.notify();
            })
        };
        let mut waiter = Patient(event);
        assert_eq!(
            waiter.wait(&|| ready.load(Ordering::SeqCst) == 1, Deadline::never()),
            Wait::Done
        );
        notifier.join().unwrap();
    });
}

#[test]
fn two_senders_and_a_receiver() {
    for capacity in [Capacity::Bounded(0), Capacity::Bounded(1)] {
        model(move || {
            let channel = Arc::new(Channel::new(capacity));
            let senders: Vec<_> = [1, 2]
                .into_iter()
                .map(|value| {
                    let channel = Arc::clone(&channel);
                    thread::spawn(move || send(&channel, value).unwrap())
                })
                .collect();
            let (one, two) = (receive(&channel).unwrap(), receive(&channel).unwrap());
            assert_eq!(one + two, 3);
            senders.into_iter().for_each(|sender| sender.join().unwrap());
            assert!(channel.is_empty());
        });
    }
}

#[test]
fn a_value_is_received_or_comes_back() {
    for capacity in [Capacity::Bounded(0), Capacity::Bounded(1)] {
        model(move || {
            let channel = Arc::new(Channel::new(capacity));
            let other = {
                let channel = Arc::clone(&channel);
                thread::spawn(move || channel.recv(&mut Hasty::default(), Deadline::never()).is_ok())
            };
            let sent = channel.send(1, &mut Hasty::default(), Deadline::never()).is_ok();
            let received = other.join().unwrap();
            let left = channel.try_recv().is_ok();
            assert_eq!(sent, received || left, "sent {sent}, received {received}, left {left}");
            assert!(!(received && left));
        });
    }
}

#[test]
fn closing_ends_every_wait() {
    for capacity in [Capacity::Bounded(0), Capacity::Bounded(1)] {
        model(move || {
            let channel = Arc::new(Channel::new(capacity));
            let sender = {
                let channel = Arc::clone(&channel);
                thread::spawn(move || send(&channel, 7).is_ok())
            };
            let closer = {
                let channel = Arc::clone(&channel);
                thread::spawn(move || channel.close())
            };
            let received = receive(&channel);
            assert!(closer.join().unwrap());
            assert_eq!(
                sender.join().unwrap(),
                received == Ok(7),
                "a value that was sent arrives"
            );
            assert_eq!(receive(&channel), Err(RecvError::Closed));
        });
    }
}

#[test]
fn select_sees_what_comes() {
    model(|| {
        let channels = [0, 1].map(|capacity| Arc::new(Channel::new(Capacity::Bounded(capacity))));
        let sender = {
            let channel = Arc::clone(&channels[0]);
            thread::spawn(move || send(&channel, 7).unwrap())
        };
        let sources = channels.clone().map(|channel| channel as Arc<dyn Source>);
        let (ended, ready) = select(&sources, &mut Patient::default(), Deadline::never());
        assert_eq!((ended, ready), (Wait::Done, vec![0]));
        assert_eq!(channels[0].try_recv(), Ok(7));
        sender.join().unwrap();
    });
}

#[test]
fn who_parks_is_woken() {
    model(|| {
        let (parking, cell) = (Arc::new(Parking::default()), Arc::new(AtomicUsize::new(0)));
        let waker = {
            let (parking, cell) = (Arc::clone(&parking), Arc::clone(&cell));
            thread::spawn(move || {
                cell.store(1, Ordering::SeqCst);
                parking.wake(8, 1);
            })
        };
        let wanted = || cell.load(Ordering::SeqCst) == 0;
        assert_eq!(
            parking.sleep(8, wanted, &mut Patient::default(), Deadline::never()),
            Wait::Done
        );
        waker.join().unwrap();
    });
}
