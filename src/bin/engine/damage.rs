//! Damaged messages in a live guest: real ones, each changed at random but repeatably, and built by the C code there.
//!
//! Whatever comes, a task that gets it returns or throws. It never crashes, never ends its request, and leaves no memory
//! behind. A closure that could be built is looked at, not called: the opcodes of damaged code mean what they mean.

use std::sync::Arc;
use std::time::Duration;

use ffi_zts::bridge::message::{Content, Image, Message, Owned, Ref};
use ffi_zts::bridge::wire;
use ffi_zts::core::{Deadline, Outcome};
use ffi_zts::vm::{Job, ScriptSpec, Surroundings, Vm, Wait};

use super::{Result, Silent};

/// Longer than any input should take under valgrind on a loaded machine.
const LIMIT: Duration = Duration::from_secs(60);
/// How often an input is repeated that seems to leave memory behind, and must do so each time.
const REPEATS: usize = 8;
/// What all inputs together may cost, in kB: allocators keep a little.
const GROWTH: u64 = 5120;
/// Inputs of one request; strings that code brings along stay until its end.
const REQUEST: u64 = 1000;
/// Bytes at the start of an image that say what made it: damage there is seldom interesting.
const HEADER: usize = 16;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Number of inputs.
    pub count: u64,
    /// Other numbers, other inputs.
    pub seed: u64,
    /// Only the input of this number.
    pub only: Option<u64>,
    /// Tell the number of each input before it is tried, to find one that ends the process.
    pub tell: bool,
}

/// A message as it can be sent again.
#[derive(Clone, Debug)]
struct Input {
    bytes: Vec<u8>,
    refs: Vec<Ref>,
    /// It is a task, not a value.
    whole: bool,
}

impl Input {
    fn of(message: &Message) -> Self {
        Self {
            bytes: message.bytes().to_vec(),
            refs: message.refs().to_vec(),
            whole: false,
        }
    }

    /// A task that calls `function` with this value.
    fn task(&self, function: &[u8]) -> Owned {
        let mut message = Owned::from_bytes(if self.whole {
            self.bytes.clone()
        } else {
            self.called_by(&[&string(function)])
        });
        for thing in &self.refs {
            message.attach(thing.clone());
        }
        message
    }

    /// The callable, and an array of one slot. Neither has a number: the value's numbers stay what they were.
    fn called_by(&self, callable: &[&[u8]]) -> Vec<u8> {
        let one = 1_u32.to_ne_bytes();
        [&callable.concat()[..], b"P\0", &one, &self.bytes].concat()
    }
}

/// A string in a message, without a number.
fn string(text: &[u8]) -> Vec<u8> {
    [b"s", &(text.len() as u64).to_ne_bytes()[..], text].concat()
}

/// Random numbers: splitmix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Classes that a message should not be able to make, or not in this way.
const NAMES: &[&str] = &[
    "Closure",
    "Generator",
    "Fiber",
    "WeakMap",
    "WeakReference",
    "ArrayObject",
    "ArrayIterator",
    "SplObjectStorage",
    "SplFixedArray",
    "SplDoublyLinkedList",
    "SplPriorityQueue",
    "DateTime",
    "DatePeriod",
    "DateInterval",
    "Exception",
    "Error",
    "ErrorException",
    "stdClass",
    "PDO",
    "SimpleXMLElement",
    "DOMDocument",
    "ReflectionClass",
    "ReflectionNamedType",
    "InternalIterator",
    "SensitiveParameterValue",
    "Traversable",
    "Stringable",
    "FfiZts\\Channel",
    "FfiZts\\Future",
    "FfiZts\\Pool",
    "FfiZts\\SharedBuffer",
    "FfiZts\\Int64View",
    "FfiZts\\RemoteException",
    "parent",
    "\\",
    "",
];

/// Numbers that lengths, counts and tags are replaced by.
fn extreme(dice: &mut Dice, len: usize) -> u64 {
    let len = len as u64;
    *dice.of(&[
        0,
        1,
        2,
        0x7f,
        0x80,
        0xff,
        0xffff,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        i64::MAX as u64,
        1 << 63,
        u64::MAX,
        len,
        len.wrapping_sub(1),
        len + 1,
        len / 2,
        len / 8,
        len / 16,
    ])
}

/// Where a string with its length stands: the place of the length.
fn strings(bytes: &[u8]) -> Vec<(usize, usize)> {
    let at = |at: usize| {
        let len = usize::try_from(u64::from_ne_bytes(bytes.get(at..at + 8)?.try_into().ok()?)).ok()?;
        let text = bytes.get(at + 8..(at + 8).checked_add(len)?)?;
        (len > 0 && len < 64 && text.is_ascii()).then_some((at, len))
    };
    (0..bytes.len()).filter_map(at).collect()
}

/// One change of `bytes` from `start` on; `other` is what another message has.
fn change(dice: &mut Dice, bytes: &mut Vec<u8>, start: usize, other: &[u8]) {
    if bytes.len() <= start {
        return bytes.push(dice.next().to_ne_bytes()[0]);
    }
    let len = bytes.len();
    let at = start + dice.below(len - start);
    let to = at + dice.below((len - at).min(32)) + 1;
    match dice.below(12) {
        0..=2 => bytes[at] ^= 1 << dice.below(8),
        3 => bytes[at] = dice.next().to_ne_bytes()[0],
        4 => bytes[at] = *dice.of(b"NFTiIDecsSrRaPJGHXUuoEOVZCWKBMAmQqyL"),
        5 => bytes.truncate(at),
        6 | 7 => {
            let value = extreme(dice, len).to_ne_bytes();
            let wide = (*dice.of(&[2, 4, 4, 8])).min(len - at);
            bytes[at..at + wide].copy_from_slice(&value[..wide]);
        }
        8 => drop(bytes.drain(at..to)),
        9 => {
            let again = bytes[at..to].to_vec();
            let place = start + dice.below(len - start);
            bytes.splice(place..place, again);
        }
        10 => {
            bytes.truncate(at);
            bytes.extend(&other[dice.below(other.len())..]);
        }
        _ => {
            let found = strings(bytes);
            if !found.is_empty() {
                let ((place, old), name) = (*dice.of(&found), *dice.of(NAMES));
                bytes.splice(place + 8..place + 8 + old, name.bytes());
                bytes[place..place + 8].copy_from_slice(&(name.len() as u64).to_ne_bytes());
            }
        }
    }
}

/// The bytes of an image. Operands that an opcode does not have are whatever was in the compiler's memory, which valgrind takes
/// ill when damage makes something else of them: looked up in a table they are told from there, and reported here only
/// (`tests/engine/valgrind.supp`).
#[inline(never)]
fn image_bytes(image: &Image) -> Vec<u8> {
    let (ptr, len) = image.window();
    // SAFETY: an image's window is its own memory, and nothing changes it.
    let bytes = unsafe { std::slice::from_raw_parts(ptr.cast::<u8>(), len) };
    let table: [u8; 256] = std::hint::black_box(std::array::from_fn(|at| u8::try_from(at).unwrap_or(0)));
    bytes.iter().map(|&byte| table[usize::from(byte)]).collect()
}

/// The input of a number: depends on nothing else.
fn damaged(seeds: &[Input], plan: &Plan, number: u64) -> Input {
    let mut dice = Dice(plan.seed ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03));
    let mut input = dice.of(seeds).clone();
    let other = dice.of(seeds);
    let images: Vec<_> = (0..input.refs.len())
        .filter(|&at| matches!(input.refs[at], Ref::Image(_)))
        .collect();
    if !images.is_empty() && dice.below(4) > 0 {
        let at = *dice.of(&images);
        if let Ref::Image(image) = &input.refs[at] {
            let mut bytes = image_bytes(image);
            let donor = seeds.iter().cycle().skip(dice.below(seeds.len())).take(seeds.len());
            let donor = donor.flat_map(|seed| &seed.refs).find_map(|thing| match thing {
                Ref::Image(image) => Some(image_bytes(image)),
                _ => None,
            });
            let start = if dice.below(16) == 0 { 0 } else { HEADER };
            for _ in 0..=dice.below(3) {
                change(&mut dice, &mut bytes, start, donor.as_deref().unwrap_or(b"?"));
            }
            input.refs[at] = Ref::Image(Arc::new(Image::new(&bytes, "damaged")));
        }
        return input;
    }
    input.refs.extend(other.refs.iter().cloned());
    if input.refs.len() > 1 && dice.below(8) == 0 {
        let (one, two) = (dice.below(input.refs.len()), dice.below(input.refs.len()));
        input.refs.swap(one, two);
    }
    if dice.below(8) == 0 {
        // The same function in each way to say it: wire.h, closure_encode.c.
        let (swallow, take, class) = (string(b"swallow"), string(b"take"), string(b"Swallower"));
        let ways: [&[&[u8]]; 4] = [
            &[&swallow],
            &[b"A", &take, &class],
            &[b"K\x01", &swallow],
            &[b"K\x02", &class, &take, &class, b"\0"],
        ];
        input.bytes = input.called_by(ways[dice.below(ways.len())]);
        input.whole = true;
    }
    for _ in 0..=dice.below(3) {
        change(&mut dice, &mut input.bytes, 0, &other.bytes);
    }
    input
}

struct Trial<'v> {
    vm: &'v Vm,
    around: Arc<Surroundings>,
}

impl Trial<'_> {
    fn run(&self, task: Owned) -> Result<Arc<Job>> {
        let job = self.vm.submit_task(task, &self.around)?;
        match self.vm.wait(&job, Deadline::after(LIMIT), &mut Silent)? {
            Wait::Done => Ok(job),
            Wait::TimedOut | Wait::Interrupted | Wait::Forked => Err("it does not end".into()),
        }
    }

    /// Whether the value could be built.
    fn take(&self, input: &Input) -> Result<bool> {
        let job = self.run(input.task(b"swallow"))?;
        match job.outcome() {
            Some(Outcome::Exited {
                status: 0,
                value: Some(_),
                refused: None,
            }) => Ok(true),
            Some(Outcome::Threw { .. }) => Ok(false),
            Some(Outcome::Fatal { wire: fatal, .. }) => Err(wire::describe_fatal(fatal.bytes()).into()),
            other => Err(format!("{other:?}").into()),
        }
    }

    /// Bytes that the worker's request holds; 0 when PHP's own allocator is off.
    fn usage(&self) -> Result<i64> {
        let nothing = Input {
            bytes: vec![b'N'],
            refs: Vec::new(),
            whole: false,
        };
        let job = self.run(nothing.task(b"usage"))?;
        match job.outcome() {
            Some(Outcome::Exited {
                value: Some(Content::Int(bytes)),
                ..
            }) => Ok(*bytes),
            other => Err(format!("usage(): {other:?}").into()),
        }
    }

    /// Tries an input: whether it could be built.
    fn attempt(&self, input: &Input) -> Result<bool> {
        // The first time fills what is kept for the request on purpose: code, interned strings, tables.
        let built = self.take(input)?;
        self.take(input)?;
        let mut before = self.usage()?;
        for _ in 0..REPEATS {
            self.take(input)?;
            let after = self.usage()?;
            if after <= before {
                return Ok(built);
            }
            before = after;
        }
        Err(format!("leaves memory behind each of {REPEATS} times").into())
    }
}

/// The values of the script, each as a message.
fn seeds(vm: &Vm, script: &ScriptSpec) -> Result<Vec<Input>> {
    let mut seeds = Vec::new();
    loop {
        let mut spec = script.clone();
        spec.argv.push(seeds.len().to_string().into());
        let job = vm.submit(spec)?;
        vm.wait(&job, Deadline::after(LIMIT), &mut Silent)?;
        match job.outcome() {
            Some(Outcome::Exited {
                value: Some(Content::Message(value)),
                ..
            }) if value.bytes() != b"N" => seeds.push(Input::of(value)),
            Some(Outcome::Exited { value: Some(_), .. }) => return Ok(seeds),
            other => return Err(format!("value {}: {other:?}", seeds.len()).into()),
        }
    }
}

/// Resident memory in kB, descriptors.
fn footprint() -> Result<(u64, usize)> {
    let pages: u64 = std::fs::read_to_string("/proc/self/statm")?
        .split(' ')
        .nth(1)
        .ok_or("statm")?
        .parse()?;
    Ok((pages * 4, std::fs::read_dir("/proc/self/fd")?.count()))
}

/// Tries all inputs of the plan on one worker: 0, or 1 after telling of each that failed.
pub fn run(vm: &Vm, script: &ScriptSpec, plan: &Plan) -> Result<i32> {
    let seeds = seeds(vm, script)?;
    let around = Vm::surroundings(ScriptSpec {
        bootstrap: Some(script.script.clone()),
        ..ScriptSpec::default()
    })?;
    let trial = Trial { vm, around };
    for (number, seed) in seeds.iter().enumerate() {
        if !trial
            .attempt(seed)
            .map_err(|error| format!("value {number}: {error}"))?
        {
            return Err(format!("value {number} cannot be built though nothing is wrong with it").into());
        }
    }
    let (mut built, mut failed, mut early) = (0_u64, 0_u64, None);
    let numbers = plan.only.map_or(0..plan.count, |only| only..only + 1);
    for number in numbers.clone() {
        if plan.tell {
            eprintln!("input {number}");
        }
        match trial.attempt(&damaged(&seeds, plan, number)) {
            Ok(whole) => built += u64::from(whole),
            Err(error) => {
                failed += 1;
                eprintln!("input {number} of seed {}: {error}", plan.seed);
            }
        }
        if number % REQUEST == REQUEST - 1 {
            vm.end_requests(Deadline::after(LIMIT), &mut Silent);
            early = early.or(Some(footprint()?));
        }
    }
    let total = numbers.end - numbers.start;
    println!(
        "{} values, {total} inputs, {built} built, {} refused, {failed} failed",
        seeds.len(),
        total - built - failed
    );
    vm.end_requests(Deadline::after(LIMIT), &mut Silent);
    if let (Some((memory, descriptors)), (memory_now, descriptors_now)) = (early, footprint()?) {
        println!("{memory} to {memory_now} kB, {descriptors} to {descriptors_now} descriptors");
        if memory_now > memory + GROWTH || descriptors_now > descriptors {
            failed += 1;
            eprintln!("memory or descriptors grew");
        }
    }
    Ok(i32::from(failed > 0))
}
