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
         *  - stack_size: int, bytes of stack of each thread
         *  - ini: array<string, scalar>, php.ini settings of the guest
         *  - ini_file: string, php.ini of the guest
         *  - extensions: list<string>, names (found in extension_dir) or paths
         *  - extension_dir: string
         *  - prepend: list<string>, PHP files to run before each job
         *  - bootstrap: string, a PHP file to run once on each worker
         *  - sapi_name: string, default `ffi-zts`
         *  - shutdown_timeout: float, seconds
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
     * itself, in a cache; this is for files that are to be kept. The output appears whole or not at all.
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
         * Runs a script on a worker and waits for it. Its output goes to the host's output while it runs.
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

        /** @return array<string, mixed> versions, paths, state and settings */
        public function info(): array
        {
        }

        /**
         * Stops taking jobs, interrupts those that run, and waits for the workers.
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

    /** What will come of a job. */
    final class Future
    {
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

        /** Stops the job, and waits for that up to the option shutdown_timeout; true when it has stopped. */
        public function cancel(): bool
        {
        }

        /**
         * A stream that becomes readable when the job has ended: for stream_select() and event loops.
         *
         * @return resource
         */
        public function getStream()
        {
        }
    }

    /** Implemented by everything that ffi_zts throws. */
    interface Exception extends \Throwable
    {
    }

    /** Misuse: an option or argument that makes no sense, a configuration that comes too late. */
    class Error extends \Error implements Exception
    {
    }

    /** The guest could not be booted. */
    class BootException extends \RuntimeException implements Exception
    {
    }

    /** A script ended by a fatal error or a limit; file and line are the script's. */
    class ScriptException extends \RuntimeException implements Exception
    {
    }

    /** Stands for a throwable of a guest whose class does not exist in the host. */
    class RemoteException extends \RuntimeException implements Exception
    {
        /** The name of that class. */
        public function getRemoteClass(): string
        {
        }
    }

    /** Waiting took longer than it was allowed to. */
    class TimeoutException extends \RuntimeException implements Exception
    {
    }

    /** The job was cancelled. */
    class CancelledException extends \RuntimeException implements Exception
    {
    }

    /** A value cannot cross to another thread; the message has the path to it. */
    class TransferException extends \RuntimeException implements Exception
    {
    }

    /** The VM was shut down. */
    class ClosedException extends \RuntimeException implements Exception
    {
    }

    /** The host's configuration forbids it. */
    class PolicyException extends \RuntimeException implements Exception
    {
    }
}
