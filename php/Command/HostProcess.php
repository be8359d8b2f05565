<?php

declare(strict_types=1);

namespace FfiZts\Command;

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

    /**
     * @param list<string> $argv      as PHP has it
     * @param string       $script    the path of php/bin/ffi-zts
     * @param string       $extension the path of ffi_zts.so
     *
     * @throws Failure when PHP cannot be started
     */
    public static function reexecute(array $argv, string $script, string $extension): never
    {
        $php = PHP_BINARY !== '' ? PHP_BINARY : throw new Failure('this PHP does not know its own path; load the extension in php.ini');
        $arguments = [
            ...self::hostOptions($argv, self::commandLine()),
            '-d', "extension=$extension",
            $script, '--' . self::MARK,
            ...array_slice($argv, 1),
        ];
        if (function_exists('pcntl_exec')) {
            pcntl_exec($php, $arguments);
            throw new Failure("cannot execute $php: " . pcntl_strerror(pcntl_get_last_error()));
        }
        exit(self::wait([$php, ...$arguments]));
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

    /** @return list<string> */
    private static function commandLine(): array
    {
        $bytes = @file_get_contents('/proc/self/cmdline');
        return $bytes === false || $bytes === '' ? [] : explode("\0", substr($bytes, 0, -1));
    }

    /**
     * @param list<string> $command
     *
     * @return int the exit status, as a shell gives it: 128 + the number of the signal that ended the process
     */
    private static function wait(array $command): int
    {
        // Without descriptors of its own the child has ours.
        $process = function_exists('proc_open') ? proc_open($command, [], $pipes) : false;
        if ($process === false) {
            throw new Failure('cannot start PHP again: pcntl_exec and proc_open are not to be had; load the extension in php.ini');
        }
        for ($pause = 200; ($status = proc_get_status($process))['running']; $pause = min($pause * 2, 10_000)) {
            usleep($pause);
        }
        return $status['signaled'] ? 128 + $status['termsig'] : $status['exitcode'];
    }
}
