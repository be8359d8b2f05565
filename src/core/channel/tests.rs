use std::collections::HashSet;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use super::*;
use crate::core::select::select;
use crate::core::waiter::Plain;

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(5))
}

fn long() -> Deadline {
    Deadline::after(Duration::from_secs(30))
}

fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "it never happens");
        std::thread::yield_now();
    }
}

#[test]
fn a_bounded_one_keeps_the_order_and_its_bound() {
    let channel = Channel::new(Capacity::Bounded(2));
    let mut waiter = Plain::default();
    channel.send(1, &mut waiter, soon()).unwrap();
    channel.try_send(2).unwrap();
    assert_eq!(channel.try_send(3), Err(SendError::TimedOut(3)));
    assert_eq!(channel.send(3, &mut waiter, soon()), Err(SendError::TimedOut(3)));
    assert_eq!((channel.len(), channel.capacity()), (2, Capacity::Bounded(2)));
    assert_eq!((channel.try_recv(), channel.recv(&mut waiter, soon())), (Ok(1), Ok(2)));
    assert_eq!(channel.recv(&mut waiter, soon()), Err(RecvError::TimedOut));
    assert!(channel.is_empty());
}

#[test]
fn closing_drains_and_then_ends() {
    let channel = Channel::new(Capacity::Unbounded);
    (0..3).for_each(|value| channel.try_send(value).unwrap());
    assert!(channel.close() && !channel.close() && channel.is_closed());
    assert_eq!(channel.try_send(9), Err(SendError::Closed(9)));
    let mut waiter = Plain::default();
    for value in 0..3 {
        assert_eq!(channel.recv(&mut waiter, long()), Ok(value));
    }
    assert_eq!(channel.recv(&mut waiter, long()), Err(RecvError::Closed));
    channel.put_back(7);
    assert_eq!(
        (channel.try_recv(), channel.try_recv()),
        (Ok(7), Err(RecvError::Closed))
    );
}

#[test]
fn a_rendezvous_ends_when_the_value_is_received() {
    let channel = Channel::new(Capacity::Bounded(0));
    assert_eq!(channel.try_send(1), Err(SendError::TimedOut(1)));
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| channel.send(1, &mut Plain::default(), long()));
        until(|| channel.len() == 1);
        assert!(!sender.is_finished());
        assert_eq!(channel.try_recv(), Ok(1));
        assert_eq!(sender.join().unwrap(), Ok(()));
        let receiver = scope.spawn(|| channel.recv(&mut Plain::default(), long()));
        until(|| channel.try_send(2).is_ok());
        assert_eq!(receiver.join().unwrap(), Ok(2));
    });
}

#[test]
fn a_sender_that_gives_up_withdraws_its_value() {
    let channel = Channel::new(Capacity::Bounded(0));
    assert_eq!(
        channel.send("x", &mut Plain::default(), soon()),
        Err(SendError::TimedOut("x"))
    );
    assert_eq!((channel.len(), channel.try_recv()), (0, Err(RecvError::TimedOut)));
    // And so does a receiver: the next value is not lost in it.
    assert_eq!(channel.recv(&mut Plain::default(), soon()), Err(RecvError::TimedOut));
    assert_eq!(channel.try_send("y"), Err(SendError::TimedOut("y")));
}

/// Interrupted before it parks, after somebody else did something.
struct Interrupted<'a>(Arc<Event>, &'a dyn Fn());

impl Waiter for Interrupted<'_> {
    fn event(&self) -> &Arc<Event> {
        &self.0
    }

    fn wait(&mut self, _: &dyn Fn() -> bool, _: Deadline) -> Wait {
        (self.1)();
        Wait::Interrupted
    }
}

#[test]
fn what_happens_in_the_moment_of_an_interrupt_stands() {
    let channel = Channel::new(Capacity::Bounded(0));
    let interrupted = |act: &dyn Fn()| {
        let event = Arc::default();
        channel.send(1, &mut Interrupted(event, act), Deadline::never())
    };
    assert_eq!(interrupted(&|| ()), Err(SendError::Interrupted(1)));
    assert_eq!(interrupted(&|| assert_eq!(channel.try_recv(), Ok(1))), Ok(()));
    let interrupted = |act: &dyn Fn()| {
        let event = Arc::default();
        channel.recv(&mut Interrupted(event, act), Deadline::never())
    };
    assert_eq!(interrupted(&|| ()), Err(RecvError::Interrupted));
    assert_eq!(interrupted(&|| channel.try_send(2).unwrap()), Ok(2));
    assert_eq!(interrupted(&|| assert!(channel.close())), Err(RecvError::Closed));
}

#[test]
fn closing_wakes_everybody() {
    for capacity in [Capacity::Bounded(0), Capacity::Bounded(1)] {
        let channel = Channel::<u8>::new(capacity);
        std::thread::scope(|scope| {
            let receivers: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| channel.recv(&mut Plain::default(), long())))
                .collect();
            until(|| lock(&channel.state).receivers.len() == 3);
            channel.close();
            for receiver in receivers {
                assert_eq!(receiver.join().unwrap(), Err(RecvError::Closed));
            }
        });
        let channel = Channel::new(capacity);
        std::thread::scope(|scope| {
            let filled = channel.try_send(0).is_ok();
            let senders: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| channel.send(7, &mut Plain::default(), long())))
                .collect();
            until(|| lock(&channel.state).senders.len() == 3);
            channel.close();
            for sender in senders {
                assert_eq!(sender.join().unwrap(), Err(SendError::Closed(7)));
            }
            assert_eq!(channel.try_recv(), if filled { Ok(0) } else { Err(RecvError::Closed) });
        });
    }
}

#[test]
fn every_value_arrives_once_and_in_order() {
    const VALUES: usize = 4_000;
    const SENDERS: usize = 3;
    for capacity in [
        Capacity::Bounded(0),
        Capacity::Bounded(1),
        Capacity::Bounded(64),
        Capacity::Unbounded,
    ] {
        let channel = Channel::new(capacity);
        let open = AtomicUsize::new(SENDERS);
        let all: Vec<Vec<(usize, usize)>> = std::thread::scope(|scope| {
            for sender in 0..SENDERS {
                let (channel, open) = (&channel, &open);
                scope.spawn(move || {
                    let mut waiter = Plain::default();
                    for value in 0..VALUES {
                        let mut item = (sender, value);
                        // Some give up, and come again.
                        while let Err(error) = channel.send(
                            item,
                            &mut waiter,
                            Deadline::after(Duration::from_micros(value as u64 % 50)),
                        ) {
                            let SendError::TimedOut(back) = error else {
                                panic!("closed")
                            };
                            item = back;
                        }
                    }
                    if open.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) == 1 {
                        channel.close();
                    }
                });
            }
            let receivers: Vec<_> = (0..3_u64)
                .map(|receiver| {
                    let channel = &channel;
                    scope.spawn(move || {
                        let (mut waiter, mut got) = (Plain::default(), Vec::new());
                        loop {
                            match channel.recv(&mut waiter, Deadline::after(Duration::from_micros(20 + receiver * 40)))
                            {
                                Ok(item) => got.push(item),
                                Err(RecvError::Closed) => return got,
                                Err(_) => {}
                            }
                        }
                    })
                })
                .collect();
            receivers.into_iter().map(|receiver| receiver.join().unwrap()).collect()
        });
        for got in &all {
            for sender in 0..SENDERS {
                let values: Vec<_> = got.iter().filter(|item| item.0 == sender).map(|item| item.1).collect();
                assert!(values.is_sorted(), "{capacity:?}: the order of a sender");
            }
        }
        let distinct: HashSet<_> = all.iter().flatten().collect();
        let count: usize = all.iter().map(Vec::len).sum();
        assert_eq!(
            (distinct.len(), count),
            (SENDERS * VALUES, SENDERS * VALUES),
            "{capacity:?}"
        );
    }
}

#[test]
fn select_tells_what_is_ready_and_waits_otherwise() {
    let channels: Vec<Arc<Channel<u8>>> = [Capacity::Unbounded, Capacity::Bounded(0), Capacity::Bounded(1)]
        .into_iter()
        .map(|capacity| Arc::new(Channel::new(capacity)))
        .collect();
    let sources: Vec<Arc<dyn Source>> = channels.iter().map(|c| Arc::clone(c) as Arc<dyn Source>).collect();
    let mut waiter = Plain::default();
    assert_eq!(select(&sources, &mut waiter, soon()), (Wait::TimedOut, vec![]));
    assert_eq!(select(&[], &mut waiter, soon()), (Wait::TimedOut, vec![]));
    channels[2].try_send(1).unwrap();
    channels[0].close();
    assert_eq!(select(&sources, &mut waiter, long()), (Wait::Done, vec![0, 2]));
    let sources = &sources[1..2];
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| channels[1].send(5, &mut Plain::default(), long()));
        assert_eq!(select(sources, &mut waiter, long()), (Wait::Done, vec![0]));
        assert_eq!(channels[1].try_recv(), Ok(5));
        sender.join().unwrap().unwrap();
    });
    assert!(channels.iter().all(|channel| lock(&channel.state).watchers.is_empty()));
}

#[derive(Clone, Default)]
struct Flag(Arc<std::sync::atomic::AtomicBool>);

impl Flag {
    fn is_up(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

impl Sign for Flag {
    fn set(&self, raised: bool) {
        self.0.store(raised, std::sync::atomic::Ordering::SeqCst);
    }

    fn descriptor(&self) -> io::Result<OwnedFd> {
        Ok(std::fs::File::open("/dev/null")?.into())
    }
}

#[test]
fn the_sign_is_up_while_something_can_be_received() {
    let channel = Channel::new(Capacity::Bounded(1));
    channel.try_send(1).unwrap();
    let flag = Flag::default();
    channel.descriptor(|| Ok(Box::new(flag.clone()))).unwrap();
    channel.descriptor(|| panic!("it has a sign")).unwrap();
    assert!(flag.is_up());
    channel.try_recv().unwrap();
    assert!(!flag.is_up());
    channel.try_send(2).unwrap();
    assert!(channel.send(3, &mut Plain::default(), soon()).is_err() && flag.is_up());
    channel.try_recv().unwrap();
    assert!(!flag.is_up());
    channel.close();
    assert!(flag.is_up());
    assert_eq!(channel.try_recv(), Err(RecvError::Closed));
    assert!(flag.is_up());
}

#[test]
fn the_sign_of_the_other_end_is_up_while_something_can_be_sent() {
    let channel = Channel::new(Capacity::Bounded(1));
    let flag = Flag::default();
    channel.room_descriptor(|| Ok(Box::new(flag.clone()))).unwrap();
    channel.room_descriptor(|| panic!("it has a sign")).unwrap();
    assert!(flag.is_up());
    channel.try_send(1).unwrap();
    assert!(!flag.is_up());
    channel.try_recv().unwrap();
    assert!(flag.is_up());
    channel.put_back(1);
    assert!(!flag.is_up());
    // A sender that waits fills the place that a receiver has made.
    std::thread::scope(|scope| {
        scope.spawn(|| channel.send(2, &mut Plain::default(), long()).unwrap());
        until(|| channel.len() == 2);
        channel.try_recv().unwrap();
        assert!(!flag.is_up());
    });
    channel.close();
    assert!(flag.is_up());
    assert_eq!(channel.try_send(3), Err(SendError::Closed(3)));
}

#[test]
fn with_no_capacity_there_is_room_while_somebody_waits_to_receive() {
    let channel = Channel::new(Capacity::Bounded(0));
    let flag = Flag::default();
    channel.room_descriptor(|| Ok(Box::new(flag.clone()))).unwrap();
    assert!(!flag.is_up());
    assert!(channel.recv(&mut Plain::default(), soon()).is_err());
    assert!(!flag.is_up());
    std::thread::scope(|scope| {
        let receiver = scope.spawn(|| channel.recv(&mut Plain::default(), long()));
        until(|| flag.is_up());
        channel.try_send(1).unwrap();
        assert!(!flag.is_up());
        assert_eq!(receiver.join().unwrap(), Ok(1));
    });
}

#[test]
fn uncontended_it_is_quick() {
    const ROUNDS: u32 = 100_000;
    let channel = Channel::new(Capacity::Bounded(16));
    let (mut waiter, deadline) = (Plain::default(), Deadline::never());
    let best = (0..20)
        .map(|_| {
            let start = Instant::now();
            for value in 0..ROUNDS {
                channel.send(value, &mut waiter, deadline).unwrap();
                channel.recv(&mut waiter, deadline).unwrap();
            }
            start.elapsed() / ROUNDS
        })
        .min()
        .unwrap();
    println!("send + recv: {best:?}");
    assert!(cfg!(debug_assertions) || best < Duration::from_nanos(300), "{best:?}");
}

/// Ends within the test's patience, in whichever thread.
fn receives(channel: &Channel<u32>) -> Result<u32, RecvError> {
    channel.recv(&mut Plain::default(), Deadline::never())
}

#[test]
fn the_last_handle_that_goes_ends_the_waits_of_the_others() {
    for round in 0..200 {
        let channel = Channel::<u32>::new(Capacity::Bounded(0));
        channel.handle_made();
        channel.handle_made();
        std::thread::scope(|scope| {
            let waits = [scope.spawn(|| receives(&channel)), scope.spawn(|| receives(&channel))];
            if round % 2 == 0 {
                std::thread::yield_now();
            }
            channel.handle_dropped();
            for wait in waits {
                assert_eq!(wait.join().unwrap(), Err(RecvError::Closed));
            }
        });
        assert!(channel.is_closed() && channel.is_forsaken());
    }
}

#[test]
fn a_wait_that_begins_when_nobody_is_left_ends_at_once() {
    let channel = Channel::<u32>::new(Capacity::Bounded(0));
    channel.handle_made();
    channel.handle_dropped();
    assert_eq!(
        channel.send(1, &mut Plain::default(), Deadline::never()),
        Err(SendError::Closed(1))
    );
    assert_eq!(receives(&channel), Err(RecvError::Closed));
}

#[test]
fn what_is_there_is_received_first_and_who_may_still_come_is_waited_for() {
    let channel = Channel::<u32>::new(Capacity::Unbounded);
    channel.handle_made();
    channel.try_send(7).unwrap();
    channel.handle_dropped();
    assert_eq!(receives(&channel), Ok(7));
    let short = || Deadline::after(Duration::from_millis(2));
    // With a limit of time, never shared, or by name: no reason to close it.
    assert_eq!(channel.recv(&mut Plain::default(), short()), Err(RecvError::TimedOut));
    let alone = Channel::<u32>::new(Capacity::Unbounded);
    assert_eq!(alone.recv(&mut Plain::default(), short()), Err(RecvError::TimedOut));
    let named = Registry::<u32>::new().make(1, b"a", Capacity::Unbounded).unwrap();
    named.handle_made();
    named.handle_dropped();
    std::thread::scope(|scope| {
        let wait = scope.spawn(|| receives(&named));
        named.send(1, &mut Plain::default(), Deadline::never()).unwrap();
        assert_eq!(wait.join().unwrap(), Ok(1));
    });
    assert!(!channel.is_closed() && !alone.is_closed() && !named.is_closed());
}
