<?php

/**
 * What the extension ffi_zts defines, for editors and static analysers. It is never run.
 *
 * tests/php/StubsTest.php compares it with what reflection says of the loaded extension.
 */

namespace {
    use FfiZts\Vm;

    /** Real operating system threads for a PHP that is not thread-safe. */
    final class FfiZts
    {
        /**
         * The process's VM; the first call boots it.
         *
         * Options, each of which beats the php.ini setting `ffi_zts.<name>`:
         *  - library: string, file of libphp
         *  - libdir: string, directory that the dependencies of libphp load from
         *  - runtime: string, directory of the runtime
         *  - scope: string, the name to find the VM by
         *  - threads: int, how many workers at most; default: the number of processors
         *  - spare_workers: int, how many workers of ended threads and pools wait a while for the next one; default: 4
         *  - max_nesting: int, how many levels of arrays and objects a value may have to cross, 128 to 65535; default: 1024. A thread's
         *    stack may allow less
         *  - stack_size: int, bytes of stack of each thread
         *  - ini: array<string, scalar>, php.ini settings of the guest; under a SAPI that is no command line those that ini_set() may
         *    set there, and sizes and switches of the start (opcache.*, output_buffering…); php.ini's ffi_zts.ini may set all
         *  - ini_file: string, php.ini of the guest
         *  - extensions: list<string>, names (found in extension_dir) or paths, behind the extensions that the host has; `host` among them is
         *    the place of these, `bare` leaves them out, and an empty list is a bare guest
         *  - extension_dir: string
         *  - prepend: list<string>, PHP files to run before each job
         *  - bootstrap: string, a PHP file to run once on each worker
         *  - autoload: bool, whether workers run the Composer autoloaders that the host has included, before a bootstrap file; default: true
         *  - sapi_name: string, default `ffi-zts`; under a SAPI that is no command line only php.ini may name one (`cli`, `cgi…`)
         *  - shutdown_timeout: float, seconds
         *  - stop_timeout: float, seconds that a job over its time limit has to end before it is lost; default 2
         *  - output: 'host' (through the host's output layer) or 'stdout' (to descriptor 1)
         *
         * @param ?array<string, mixed> $options
         *
         * @throws FfiZts\Error             for an unknown or ill-typed option, or options that differ from those of the booted VM
         * @throws FfiZts\BootException     when a step of the boot fails; the message names it
         * @throws FfiZts\PolicyException   when the host's configuration does not allow it
         */
        public static function boot(?array $options = null): Vm
        {
        }

        /**
         * The VM that was booted under a name (option `scope`), in this request or an earlier one of the process.
         *
         * @throws FfiZts\Error when there is none
         */
        public static function scope(string $name): Vm
        {
        }
    }
}

namespace FfiZts {
    /**
     * Gives an extension that was built for a thread-safe PHP its dependency on the runtime's libphp. A boot does that by
     * itself, in memory; this is for files that are to be kept. The output appears whole or not at all.
     *
     * @param ?string               $output  where the result goes; the file itself is replaced otherwise
     * @param ?string               $runpath another run path for it
     * @param bool                  $check   only tell; an unsuitable file is no exception then
     * @param ?array<string, mixed> $options those of FfiZts::boot(), which choose the runtime
     *
     * @return array{file: string, suitable: bool, reasons: list<string>, module: ?string, changed: bool, added: ?string,
     *               replaced: ?string, runpath: ?string, output: ?string, sha256: ?string} `output` is null when nothing was written
     *
     * @throws Error           for an unknown or ill-typed option
     * @throws BootException   when there is no usable runtime, the file is unsuitable, or cannot be read or written
     * @throws PolicyException when the host's configuration does not allow it
     */
    function relink(string $file, ?string $output = null, ?string $runpath = null, bool $check = false, ?array $options = null): array
    {
    }

    /** The one booted guest of a process. */
    final class Vm
    {
        /** Sets a php.ini value of the guest. Like every with…(): before the first job, and it returns a VM with the change. */
        public function withIniEntry(string $key, string|int|float|bool|null $value): Vm
        {
        }

        public function withIniFile(string $path): Vm
        {
        }

        /** @param string $extension a name, found in the extension directory, or a path */
        public function withExtension(string $extension): Vm
        {
        }

        public function withExtensionDir(string $path): Vm
        {
        }

        /** PHP files to run before each job, in order. */
        public function withPrepend(string ...$files): Vm
        {
        }

        /** A PHP file to run once on each worker. */
        public function withBootstrap(string $file): Vm
        {
        }

        /**
         * Runs a script on a worker and waits for it. Its output goes to the host's output while it runs; within a callback of
         * ob_start(), where PHP drops output, it is kept and goes out behind the callback.
         *
         * @param ?list<string> $argv the arguments; in the script, $argv[0] is the file
         *
         * @throws \Throwable      what the script throws and does not catch, where its class exists here
         * @throws RemoteException the same where it does not
         * @throws ScriptException for a fatal error, a memory or time limit, a missing file
         */
        public function runScript(string $file, ?array $argv = null): Result
        {
        }

        /**
         * Starts a script on a worker; the future awaits to its Result.
         *
         * @param ?list<string> $argv the arguments; in the script, $argv[0] is the file
         */
        public function startScript(string $file, ?array $argv = null): Future
        {
        }

        /**
         * Has any free worker call a task; the future awaits to what it returns.
         *
         * @param object|array|string      $task    a closure, or a callable by name
         * @param array<int|string, mixed> $args    string keys are named arguments
         * @param ?float                   $timeout seconds that it may run; then it is stopped
         *
         * @throws TransferException when the task or an argument cannot cross; the message has the path to it
         */
        public function run(mixed $task, ?array $args = null, ?float $timeout = null): Future
        {
        }

        /** A worker of one's own. @param ?string $bootstrap a PHP file that it runs first */
        public function thread(?string $bootstrap = null): Thread
        {
        }

        /**
         * Workers of one's own.
         *
         * @param int     $size      most of them at a time, 1 to 1024
         * @param ?string $bootstrap a PHP file that each runs first
         * @param int     $maxTasks  a worker starts anew after so many tasks; 0: never
         * @param int     $maxMemory a worker starts anew when it holds more than so many bytes after a task; 0: never
         */
        public function pool(int $size, ?string $bootstrap = null, int $maxTasks = 0, int $maxMemory = 0): Pool
        {
        }

        /** @return array<string, mixed> versions, paths, state, settings, ceilings */
        public function info(): array
        {
        }

        /**
         * Stops taking jobs, interrupts those that run, and waits for the workers. Nothing before the first job has booted the guest.
         *
         * @param ?float $timeout seconds; null: the option shutdown_timeout
         */
        public function shutdown(?float $timeout = null): void
        {
        }
    }

    /** How a script ended. */
    final class Result
    {
        /** The script's exit status. */
        public readonly int $exitCode;
        /** What the script returned; 1 when it returned nothing, as include has it. */
        public readonly mixed $value;
        /** Seconds from start to end on the worker. */
        public readonly float $duration;
    }

    /**
     * What will come of a job. A failure that nobody can ask for any more is told to the host's log, once, with the place where the job was
     * started; await(), awaitAll() and the like, cancel() and ignore() are what asks.
     */
    final class Future
    {
        /** Nobody needs to know when the job fails: the log is not told. */
        public function ignore(): void
        {
        }

        /**
         * Waits for the job, and returns what it returned (a Result for a script).
         *
         * @param ?float $timeout seconds; null: no limit
         *
         * @throws TimeoutException   when the time is over; the job goes on
         * @throws CancelledException when the job was cancelled
         * @throws \Throwable         what the job threw
         */
        public function await(?float $timeout = null): mixed
        {
        }

        public function isDone(): bool
        {
        }

        /**
         * Stops the job; true when that is what ended it, whatever its code made of the stop. One that does not stop in time is lost: its
         * worker is replaced.
         *
         * @param ?float $timeout seconds; null: the option shutdown_timeout
         */
        public function cancel(?float $timeout = null): bool
        {
        }

        /**
         * A stream that becomes readable when the job has ended: for stream_select() and event loops. Of many futures a CompletionQueue
         * takes one for all. Do not read from it.
         *
         * @return resource
         */
        public function getStream()
        {
        }

        /**
         * Waits for all of them.
         *
         * @param array<Future> $futures
         *
         * @return array{array<\Throwable>, array<mixed>} what was thrown and what was returned, under the keys of the futures
         *
         * @throws TimeoutException when the time is over; the jobs go on
         */
        public static function awaitAll(array $futures, ?float $timeout = null): array
        {
        }

        /**
         * The value of the first that succeeds.
         *
         * @param array<Future> $futures
         *
         * @throws CompositeException when none does
         * @throws TimeoutException   when the time is over; the jobs go on
         */
        public static function awaitAny(array $futures, ?float $timeout = null): mixed
        {
        }

        /**
         * The outcome of the first that ends.
         *
         * @param array<Future> $futures
         *
         * @throws TimeoutException when the time is over; the jobs go on
         * @throws \Throwable       what that job threw
         */
        public static function awaitFirst(array $futures, ?float $timeout = null): mixed
        {
        }
    }

    /**
     * Futures that are waited for together, by one stream for all of them: for stream_select() and event loops. It belongs to the
     * thread that made it.
     */
    final class CompletionQueue implements \Countable
    {
        /** @throws BootException when the process is out of descriptors */
        public function __construct()
        {
        }

        /** Holds the future until poll() has given it: a key, which no other one gets. */
        public function add(Future $future): int
        {
        }

        /** Forgets a future that poll() has not given; false: there is none of that key. */
        public function remove(int $key): bool
        {
        }

        /**
         * Those that have ended since, under their keys, in the order of their ending; does not wait. On the host it delivers what jobs
         * have written.
         *
         * @return array<int, Future>
         */
        public function poll(): array
        {
        }

        /**
         * A stream that is readable when poll() should be called. Do not read from it.
         *
         * @return resource
         */
        public function getStream()
        {
        }

        /** How many poll() has not given. */
        public function count(): int
        {
        }
    }

    /** A worker that runs tasks in their order. Dropping it waits for nothing: what it was given is still done. */
    final class Thread
    {
        /**
         * The future awaits to what the task returns.
         *
         * @param object|array|string      $task    a closure, or a callable by name
         * @param array<int|string, mixed> $args    string keys are named arguments
         * @param ?float                   $timeout seconds that it may run; then it is stopped
         *
         * @throws TransferException when the task or an argument cannot cross; the message has the path to it
         * @throws ClosedException   after close() or kill()
         */
        public function run(object|array|string $task, array $args = [], ?float $timeout = null): Future
        {
        }

        /**
         * Takes no more tasks, and waits until all are done. After the end of the VM that does nothing.
         *
         * @throws TimeoutException when the time is over; the tasks go on
         */
        public function close(?float $timeout = null): void
        {
        }

        /** Takes no more tasks, drops those that wait, and stops the others. */
        public function kill(): void
        {
        }

        public function isClosed(): bool
        {
        }
    }

    /** Workers that share the tasks they are given. Dropping it waits for nothing: what it was given is still done. */
    final class Pool implements \Countable
    {
        /**
         * The future awaits to what the task returns.
         *
         * @param object|array|string      $task    a closure, or a callable by name
         * @param array<int|string, mixed> $args    string keys are named arguments
         * @param ?float                   $timeout seconds that it may run; then it is stopped
         *
         * @throws TransferException when the task or an argument cannot cross; the message has the path to it
         * @throws ClosedException   after close() or kill()
         */
        public function submit(object|array|string $task, array $args = [], ?float $timeout = null): Future
        {
        }

        /**
         * Calls a task with each item, several at once. Items are asked for when workers are about to need them; one that takes long
         * holds up no other.
         *
         * @param object|array|string $task    a closure, or a callable by name, of one argument
         * @param ?float              $timeout seconds that the call for an item may take; then it is stopped
         *
         * @return array<mixed> what it returned, under the keys of the items and in their order
         *
         * @throws TimeoutException when an item took longer than its limit
         * @throws \Throwable       what the task threw first; no more items are asked for, and the others are stopped
         */
        public function map(iterable $items, object|array|string $task, ?float $timeout = null): array
        {
        }

        /**
         * The same as results come: an iterator over them, each under its item's key, in the order of their coming. Nothing begins
         * before the first is asked for. Dropping the iterator stops what is under way.
         *
         * @param object|array|string $task    a closure, or a callable by name, of one argument
         * @param ?float              $timeout seconds that the call for an item may take; then it is stopped
         *
         * @return \Iterator<mixed, mixed> its methods throw what map() throws; after that it is at its end
         */
        public function mapUnordered(iterable $items, object|array|string $task, ?float $timeout = null): \Iterator
        {
        }

        /** Tasks that are not done. */
        public function count(): int
        {
        }

        /**
         * Takes no more tasks, and waits until all are done. After the end of the VM that does nothing.
         *
         * @throws TimeoutException when the time is over; the tasks go on
         */
        public function close(?float $timeout = null): void
        {
        }

        /** Takes no more tasks, drops those that wait, and stops the others. */
        public function kill(): void
        {
        }

        public function isClosed(): bool
        {
        }
    }

    /**
     * Values on their way between threads, in the order of their sending. The objects of one channel on all threads are
     * equal (`==`); a channel can itself be sent. Iterating receives until it is closed and empty.
     *
     * A channel without a name that had more than one object is closed when all of its objects belong to threads that wait in recv(),
     * foreach or send() without a timeout: nobody else is left who could end their waits. Objects in messages, queued tasks and results
     * that nobody has read count as somebody. All of them, loops as well, get a ClosedException then. After Vm::shutdown() so do the
     * host's waits without a timeout.
     */
    final class Channel implements \IteratorAggregate, \Countable
    {
        /** As a capacity: as many values as there is memory for. */
        public const UNBOUNDED = -1;

        /**
         * @param int $capacity how many values may wait to be received; 0: a sender waits until its value has been received
         *
         * @throws Error when it is less than -1
         */
        public function __construct(int $capacity = 0)
        {
        }

        /**
         * A new channel that other threads of the process can open by its name, which lives as long as anybody holds the channel.
         *
         * @throws Error when there is one of that name
         */
        public static function make(string $name, int $capacity = 0): Channel
        {
        }

        /** @throws Error when there is none of that name */
        public static function open(string $name): Channel
        {
        }

        /**
         * Sends a copy of the value. It waits while there is no room, with capacity 0 until somebody receives the value; after
         * an exception nobody has received it.
         *
         * @param ?float $timeout seconds; null: no limit
         *
         * @throws ClosedException   when the channel is closed, or gets closed meanwhile
         * @throws TimeoutException  when the time is over
         * @throws TransferException when the value cannot cross; the message has the path to it
         */
        public function send(mixed $value, ?float $timeout = null): void
        {
        }

        /**
         * Receives the value that has waited longest, or waits for one.
         *
         * @param ?float $timeout seconds; null: no limit
         *
         * @throws ClosedException  when the channel is closed and empty
         * @throws TimeoutException when the time is over
         */
        public function recv(?float $timeout = null): mixed
        {
        }

        /** Nothing can be sent any more; what is there can still be received. To close a closed one does nothing. */
        public function close(): void
        {
        }

        public function isClosed(): bool
        {
        }

        /** How many values wait to be received, those of waiting senders among them. */
        public function count(): int
        {
        }

        public function getCapacity(): int
        {
        }

        public function getName(): ?string
        {
        }

        /**
         * A stream for stream_select() and event loops: readable while recv() would not wait. Others may receive first, so ask
         * with recv(0). Do not read from it.
         *
         * @return resource
         */
        public function getStream()
        {
        }

        /**
         * The same for the other end: readable while send() would not wait. With capacity 0 that is while somebody waits in
         * recv(). Others may send first, so send with a timeout of 0.
         *
         * @return resource
         */
        public function getSendStream()
        {
        }

        /** Each method receives what it needs, and waits for it; at the end current() and key() are null. */
        public function getIterator(): \Iterator
        {
        }
    }

    /**
     * Waits until something can be received from at least one of several channels, or one of them is closed, or one of several
     * futures is done, awaited ones among them. The order of the answer begins at another source each time: who takes only the
     * first is fair to all.
     *
     * @template K of array-key
     *
     * @param non-empty-array<K, Channel|Future> $sources
     * @param ?float                             $timeout seconds; null: no limit
     *
     * @return list<K> the keys of those that are ready; empty when the time is over. Another thread may receive first.
     */
    function select(array $sources, ?float $timeout = null): array
    {
    }

    /**
     * Memory that all threads of the process see. It lives as long as anybody on any thread holds it or a part of it, and costs
     * what has been touched. Bytes are read and written without a lock: agree by a channel, or by atomic cells.
     *
     * A cell is a signed number of 32 or 64 bits in the machine's order at a multiple of its size. Operations on cells are
     * sequentially consistent; sums wrap around.
     */
    final class SharedBuffer
    {
        /** Zeroed. */
        public function __construct(int $bytes)
        {
        }

        public function read(int $offset, int $length): string
        {
        }

        public function write(int $offset, string $bytes): void
        {
        }

        /** A part of the same memory. */
        public function slice(int $offset, int $length): SharedBuffer
        {
        }

        public function length(): int
        {
        }

        /**
         * Where it is, for FFI, aligned to 16 (a slice: as its offset). Good for as long as an object of this buffer, of a part or
         * a view of it, or a message with one of them exists: an address keeps nothing alive.
         */
        public function address(): int
        {
        }

        public function atomicLoad(int $offset, int $bits = 64): int
        {
        }

        public function atomicStore(int $offset, int $value, int $bits = 64): void
        {
        }

        /** @return int what it was before */
        public function atomicAdd(int $offset, int $value, int $bits = 64): int
        {
        }

        /** @return int what it was before */
        public function atomicSub(int $offset, int $value, int $bits = 64): int
        {
        }

        /** @return int what it was before */
        public function atomicExchange(int $offset, int $value, int $bits = 64): int
        {
        }

        /** @return int what it was before: it was changed when that is what was expected */
        public function atomicCompareExchange(int $offset, int $expected, int $desired, int $bits = 64): int
        {
        }

        /**
         * Sleeps while the cell is as expected, until it is notified. Look at the cell again afterwards.
         *
         * @param ?float $timeout seconds; null: no limit
         *
         * @return bool false: the time is over
         */
        public function wait(int $offset, int $expected, ?float $timeout = null, int $bits = 64): bool
        {
        }

        /**
         * Wakes those that sleep on the cell, who has slept longest first.
         *
         * @return int how many that were
         */
        public function notify(int $offset, int $count = PHP_INT_MAX): int
        {
        }
    }

    /** A part of a shared buffer as signed integers of 64 bits. An element is never seen half written. */
    final class Int64View implements \ArrayAccess, \Countable, \IteratorAggregate
    {
        /** A buffer of its own with these values. */
        public static function fromArray(array $values): Int64View
        {
        }

        /**
         * @param int  $offset in bytes, a multiple of 8
         * @param ?int $count  elements; null: as many as there are
         */
        public function __construct(SharedBuffer $buffer, int $offset = 0, ?int $count = null)
        {
        }

        /** Writes values one after the other, from an index on; all or, when one is unsuitable, none. */
        public function setAll(array $values, int $offset = 0): void
        {
        }

        public function fill(int|float $value, int $offset = 0, ?int $length = null): void
        {
        }

        /** @throws Error when these are more than an array can have, 2^30 */
        public function toArray(int $offset = 0, ?int $length = null): array
        {
        }

        public function sum(int $offset = 0, ?int $length = null): int|float
        {
        }

        /** Its part of the buffer. */
        public function getBuffer(): SharedBuffer
        {
        }

        public function count(): int
        {
        }

        public function offsetGet(mixed $offset): int|float
        {
        }

        public function offsetSet(mixed $offset, mixed $value): void
        {
        }

        public function offsetExists(mixed $offset): bool
        {
        }

        public function offsetUnset(mixed $offset): void
        {
        }

        public function getIterator(): \Iterator
        {
        }
    }

    /** A part of a shared buffer as floats of 64 bits. An element is never seen half written. */
    final class Float64View implements \ArrayAccess, \Countable, \IteratorAggregate
    {
        /** A buffer of its own with these values. */
        public static function fromArray(array $values): Float64View
        {
        }

        /**
         * @param int  $offset in bytes, a multiple of 8
         * @param ?int $count  elements; null: as many as there are
         */
        public function __construct(SharedBuffer $buffer, int $offset = 0, ?int $count = null)
        {
        }

        /** Writes values one after the other, from an index on; all or, when one is unsuitable, none. */
        public function setAll(array $values, int $offset = 0): void
        {
        }

        public function fill(int|float $value, int $offset = 0, ?int $length = null): void
        {
        }

        /** @throws Error when these are more than an array can have, 2^30 */
        public function toArray(int $offset = 0, ?int $length = null): array
        {
        }

        public function sum(int $offset = 0, ?int $length = null): int|float
        {
        }

        /** Its part of the buffer. */
        public function getBuffer(): SharedBuffer
        {
        }

        public function count(): int
        {
        }

        public function offsetGet(mixed $offset): int|float
        {
        }

        public function offsetSet(mixed $offset, mixed $value): void
        {
        }

        public function offsetExists(mixed $offset): bool
        {
        }

        public function offsetUnset(mixed $offset): void
        {
        }

        public function getIterator(): \Iterator
        {
        }
    }

    /** Implemented by everything that ffi_zts throws. */
    interface Exception extends \Throwable
    {
        /**
         * The task or script that it is about, by its number and what it is: "task 7, closure at /app/import.php:12"; null: none.
         * The trace of what a task threw ends with it, too.
         */
        public function getTask(): ?string;

        /** The worker that has started that, by its number in the VM: "worker 3 of pool 1"; null: none has. */
        public function getWorker(): ?string;
    }

    /** Misuse: an option or argument that makes no sense, a configuration that comes too late. */
    class Error extends \Error implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** The guest could not be booted. */
    class BootException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** A script ended by a fatal error or a limit; file and line are the script's. */
    class ScriptException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** Stands for a throwable of a guest whose class does not exist in the host. */
    class RemoteException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }

        /** The name of that class. */
        public function getRemoteClass(): string
        {
        }
    }

    /** Waiting took longer than it was allowed to. */
    class TimeoutException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** The job was cancelled. */
    class CancelledException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** A value cannot cross to another thread; the message has the path to it. */
    class TransferException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** The VM was shut down, or the thread, pool or channel closed. */
    class ClosedException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }

    /** No future of Future::awaitAny() has succeeded. */
    class CompositeException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }

        /** @return array<\Throwable> what was thrown, under the keys of the futures */
        public function getReasons(): array
        {
        }
    }

    /** The host's configuration forbids it. */
    class PolicyException extends \RuntimeException implements Exception
    {
        public function getTask(): ?string
        {
        }

        public function getWorker(): ?string
        {
        }
    }
}
