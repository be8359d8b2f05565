<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;
use FfiZts\Install\Program;

/**
 * Starts the host's PHP again with the extension loaded.
 *
 * The new process replaces this one where pcntl is there; else this one waits for it and ends as it ends. Either
 * way standard input, output and error are handed on unread and unwritten, and the options that this PHP was
 * started with (-n, -c, -d) are given again.
 */
final class HostProcess
{
    /** The option, without dashes, that tells the new process what it is. */
    public const MARK = 'loaded-by-command';

    /** Signals that a process which only waits hands on. */
    private const HANDED_ON = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'];

    /** Of the command `php`. */
    public static function definition(): Definition
    {
        return new Definition(
            'php',
            'Runs a script by this PHP with the extension loaded, as `php script.php` would',
            <<<'TEXT'
                The host's php, in the same process, with -d extension=…/ffi_zts.so before the arguments given. No ini file
                is changed, and nothing but php sees the arguments, so that `ffi-zts php --help` is php's own.

                    vendor/bin/ffi-zts php script.php a b
                    vendor/bin/ffi-zts php -d ffi_zts.threads=4 -S localhost:8000
                TEXT,
            [new Argument('arguments', "php's options, a script, its arguments", false, true)],
        );
    }

    /**
     * Runs this command again, in a PHP that has loaded the extension.
     *
     * @param list<string> $argv      as PHP has it
     * @param string       $script    the path of php/bin/ffi-zts
     * @param string       $extension the path of ffi_zts.so
     *
     * @throws Failure when PHP cannot be started
     */
    public static function reexecute(array $argv, string $script, string $extension): never
    {
        self::become([
            ...self::hostOptions($argv, self::commandLine()),
            '-d', "extension=$extension",
            // What was started says where the project is: Composer's proxy in vendor/bin, where it was that.
            self::started($argv, $script), '--' . self::MARK,
            ...array_slice($argv, 1),
        ]);
    }

    /**
     * Runs php with arguments of its own, and with the extension.
     *
     * @param list<string> $argv  as PHP has it
     * @param list<string> $given php's arguments
     *
     * @throws Failure when PHP cannot be started
     */
    public static function php(array $argv, array $given): never
    {
        $options = self::hostOptions($argv, self::commandLine());
        if (self::loadedBy($options, $given)) {
            self::become([...$options, ...$given]);
        }
        $file = ExtensionFile::locate();
        if ($file->path === null) {
            throw new Failure($file->notFound());
        }
        self::become([...$options, '-d', "extension=$file->path", ...$given]);
    }

    /**
     * Whether the extension is loaded by what the new process is started with: by its options, or by an ini file that is read.
     *
     * @param list<string> $options of this process
     * @param list<string> $given   of the new one
     */
    private static function loadedBy(array $options, array $given): bool
    {
        $byOption = self::names([...$options, ...$given]);
        if ($byOption !== null || !extension_loaded('ffi_zts')) {
            return $byOption ?? false;
        }
        // An ini file loads it here. With an -n or a -c of its own the new process does not read that file.
        $getopt = new Getopt($given);
        while (($next = $getopt->next()) !== null) {
            if ($next[0] === 'n' || $next[0] === 'c') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a -d among the options loads the extension.
     *
     * @param list<string> $options
     *
     * @return ?true null: no
     */
    private static function names(array $options): ?bool
    {
        $getopt = new Getopt($options);
        while (($next = $getopt->next()) !== null) {
            if ($next[0] === 'd' && preg_match('~^extension=(?:.*/)?ffi_zts(?:\.so)?$~D', (string) $next[1]) === 1) {
                return true;
            }
        }
        return null;
    }

    /** Whether a PHP can be started from this one at all. */
    public static function possible(): bool
    {
        return PHP_BINARY !== '' && (function_exists('pcntl_exec') || function_exists('proc_open'));
    }

    /**
     * Whether this PHP, started again with the extension, comes up with it. Without proc_open nothing can be tried, and it is assumed.
     *
     * @param list<string> $argv as PHP has it
     */
    public static function loads(array $argv, string $extension): bool
    {
        if (!function_exists('proc_open')) {
            return true;
        }
        $options = self::hostOptions($argv, self::commandLine());
        $code = 'exit(extension_loaded("ffi_zts") ? 0 : 1);';
        return Program::run([PHP_BINARY, ...$options, '-d', "extension=$extension", '-r', $code])['status'] === 0;
    }

    /**
     * Runs a command with the standard streams of this one, and waits for it.
     *
     * @param list<string> $command
     *
     * @return int the exit status, as a shell gives it: 128 + the number of the signal that ended the process
     *
     * @throws Failure when it cannot be started
     */
    public static function wait(array $command): int
    {
        // Without descriptors of its own the child has ours.
        $process = function_exists('proc_open') ? proc_open($command, [], $pipes) : false;
        if ($process === false) {
            throw new Failure("cannot start $command[0]: pcntl_exec and proc_open are not to be had; load the extension in php.ini");
        }
        if (function_exists('pcntl_waitpid') && function_exists('pcntl_signal')) {
            return self::waitHandingOn($process);
        }
        for ($pause = 200; ($state = proc_get_status($process))['running']; $pause = min($pause * 2, 10_000)) {
            usleep($pause);
        }
        return self::status($state);
    }

    /** @param array<string, mixed> $state of proc_get_status(), of a process that has ended */
    private static function status(array $state): int
    {
        return $state['signaled'] ? 128 + $state['termsig'] : $state['exitcode'];
    }

    /** @param resource $process */
    private static function waitHandingOn($process): int
    {
        pcntl_async_signals(true);
        foreach (self::HANDED_ON as $name) {
            // Without restarting system calls: pcntl_waitpid() returns, and the handler runs.
            pcntl_signal(constant($name), static fn (int $signal): bool => proc_terminate($process, $signal), false);
        }
        $state = proc_get_status($process);
        if (!$state['running']) {
            // That call has taken the status of a process that ended at once.
            return self::status($state);
        }
        do {
            $ended = pcntl_waitpid($state['pid'], $status);
        } while ($ended === -1 && pcntl_get_last_error() === PCNTL_EINTR);
        return pcntl_wifsignaled($status) ? 128 + pcntl_wtermsig($status) : pcntl_wexitstatus($status);
    }

    /**
     * The options that came before the script's name on PHP's command line: `php -d a=b script arg` has `-d a=b`.
     *
     * @param list<string> $argv        as PHP has it
     * @param list<string> $commandLine as the operating system has it
     *
     * @return list<string> empty when the two do not fit together
     */
    public static function hostOptions(array $argv, array $commandLine): array
    {
        $position = count($commandLine) - count($argv);
        if ($position < 1 || array_slice($commandLine, $position) !== $argv) {
            return [];
        }
        $options = array_slice($commandLine, 1, $position - 1);
        if (in_array(end($options), ['-f', '--file', '--'], true)) {
            array_pop($options);
        }
        return $options;
    }

    /**
     * How this command is started in a shell, without its arguments: by the same PHP, with the options that choose its configuration.
     *
     * @param list<string> $argv   as PHP has it
     * @param string       $script the path of php/bin/ffi-zts
     */
    public static function shown(array $argv, string $script): string
    {
        $options = self::hostOptions($argv, self::commandLine());
        $kept = [];
        $byCommand = in_array('--' . self::MARK, $argv, true);
        $getopt = new Getopt($options);
        while (($next = $getopt->next()) !== null) {
            [$option, $value] = $next;
            // The extension that this command loaded itself is not the user's affair.
            if (!$byCommand || $option !== 'd' || self::names(['-d', (string) $value]) === null) {
                $kept = [...$kept, strlen($option) > 1 ? "--$option" : "-$option", ...($value === null ? [] : [$value])];
            }
        }
        $named = self::started($argv, $script);
        $found = Program::find('php');
        $byItself = $kept === [] && is_executable($named) && $found !== null && realpath($found) === realpath(PHP_BINARY);
        $words = $byItself ? [$named] : [PHP_BINARY, ...$kept, $named];
        return implode(' ', array_map(self::quoted(...), $words));
    }

    /** @param list<string> $argv as PHP has it */
    private static function started(array $argv, string $script): string
    {
        return is_file((string) ($argv[0] ?? '')) ? $argv[0] : $script;
    }

    private static function quoted(string $word): string
    {
        return preg_match('~^[\w./:=@%+,-]+$~D', $word) === 1 ? $word : escapeshellarg($word);
    }

    /**
     * Php takes the place of this process, or is waited for.
     *
     * @param list<string> $arguments
     */
    private static function become(array $arguments): never
    {
        $php = PHP_BINARY !== '' ? PHP_BINARY : throw new Failure('this PHP does not know its own path; load the extension in php.ini');
        if (function_exists('pcntl_exec')) {
            pcntl_exec($php, $arguments);
            throw new Failure("cannot execute $php: " . pcntl_strerror(pcntl_get_last_error()));
        }
        exit(self::wait([$php, ...$arguments]));
    }

    /** @return list<string> */
    private static function commandLine(): array
    {
        $bytes = @file_get_contents('/proc/self/cmdline');
        return $bytes === false || $bytes === '' ? [] : explode("\0", substr($bytes, 0, -1));
    }
}
