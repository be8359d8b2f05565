<?php

declare(strict_types=1);

namespace FfiZts\Tests;

/** A command that has ended: its exit status and all that it printed. */
final class Process
{
    private function __construct(
        public readonly int $status,
        public readonly string $output,
        public readonly string $errors,
    ) {
    }

    /**
     * Runs a command, at most a minute.
     *
     * @param list<string>           $command
     * @param array<string, ?string> $environment added to our own; null removes a variable
     */
    public static function run(array $command, string $input = '', array $environment = [], ?string $directory = null): self
    {
        $files = array_map(static fn (): mixed => tmpfile(), range(0, 2));
        fwrite($files[0], $input);
        rewind($files[0]);
        $environment = array_filter($environment + getenv(), is_string(...));
        $process = proc_open(['timeout', '-k', '5', '60', ...$command], $files, $pipes, $directory, $environment);
        if ($process === false) {
            throw new \RuntimeException("cannot start {$command[0]}");
        }
        $status = proc_close($process);
        clearstatcache();
        rewind($files[1]);
        rewind($files[2]);
        return new self($status, (string) stream_get_contents($files[1]), (string) stream_get_contents($files[2]));
    }

    /** The package's directory. */
    public static function root(): string
    {
        return dirname(__DIR__, 2);
    }

    /** The extension that these tests are about; it may not have been built. */
    public static function extension(): string
    {
        return getenv('FFI_ZTS_EXTENSION') ?: self::root() . '/build/ffi_zts.so';
    }
}
