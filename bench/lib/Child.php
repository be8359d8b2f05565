<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** A benchmark could not be carried out. */
final class Failed extends \RuntimeException
{
}

/** Runs the scripts of bench/child in host processes of their own, which start without any php.ini. */
final class Child
{
    /** Seconds after which a process is ended. */
    private const LIMIT = 60;

    public function __construct(public readonly string $extension, private readonly string $runtime = '')
    {
    }

    /** @return list<string> arguments of a php that has our extension loaded */
    public function ours(): array
    {
        $arguments = ['-d', "extension=$this->extension"];
        return $this->runtime === '' ? $arguments : [...$arguments, '-d', "ffi_zts.runtime=$this->runtime"];
    }

    /**
     * Runs bench/child/$name.php; its output goes to /dev/null.
     *
     * @param list<string>     $php        arguments of php
     * @param list<string|int> $arguments  of the script
     * @param bool             $configured with this host's php.ini after all
     * @param string           $binary     the php to run
     *
     * @return array<string, mixed> what the script reported
     */
    public function run(string $name, array $php, array $arguments = [], bool $configured = false, string $binary = PHP_BINARY): array
    {
        return $this->together($name, $php, $arguments, 1, $configured, $binary)[0];
    }

    /**
     * The same in several processes at once.
     *
     * @param list<string>     $php
     * @param list<string|int> $arguments
     *
     * @return list<array<string, mixed>>
     */
    public function together(string $name, array $php, array $arguments, int $processes, bool $configured = false, string $binary = PHP_BINARY): array
    {
        $command = [$binary, ...($configured ? [] : ['-n']), '-d', 'memory_limit=-1', ...$php];
        array_push($command, dirname(__DIR__) . "/child/$name.php", ...array_map(strval(...), $arguments));
        $started = [];
        for ($i = 0; $i < $processes; $i++) {
            $started[] = $this->start($command);
        }
        return array_map(fn(array $process): array => $this->report($name, ...$process), $started);
    }

    /**
     * Wall time of a process from its start to its end, in seconds.
     *
     * @param list<string> $arguments of php
     */
    public function time(array $arguments): float
    {
        $start = hrtime(true);
        $process = proc_open([PHP_BINARY, '-n', ...$arguments], [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w']], $pipes);
        if ($process === false || proc_close($process) !== 0) {
            throw new Failed('php ' . implode(' ', $arguments) . ' failed');
        }
        return (hrtime(true) - $start) / 1e9;
    }

    /**
     * @param list<string> $command
     *
     * @return array{resource, resource, resource}
     */
    private function start(array $command): array
    {
        $null = ['file', '/dev/null', 'r+'];
        $process = proc_open($command, [$null, $null, ['pipe', 'w'], ['pipe', 'w']], $pipes);
        if ($process === false) {
            throw new Failed("cannot start $command[0]");
        }
        return [$process, $pipes[2], $pipes[3]];
    }

    /**
     * @param resource $process
     * @param resource $errors
     * @param resource $pipe
     *
     * @return array<string, mixed>
     */
    private function report(string $name, $process, $errors, $pipe): array
    {
        $texts = ['', ''];
        $open = [$errors, $pipe];
        $deadline = microtime(true) + self::LIMIT;
        while ($open !== [] && ($left = $deadline - microtime(true)) > 0) {
            [$ready, $none] = [$open, null];
            stream_select($ready, $none, $none, (int) $left, 100_000);
            foreach ($ready as $stream) {
                $texts[$stream === $pipe ? 1 : 0] .= fread($stream, 65536);
                if (feof($stream)) {
                    $open = array_filter($open, fn($other): bool => $other !== $stream);
                }
            }
        }
        if ($open !== []) {
            proc_terminate($process, 9);
            $texts[0] .= 'no end within ' . self::LIMIT . ' s';
        }
        $status = proc_close($process);
        $report = json_decode($texts[1], true);
        if ($open !== [] || $status !== 0 || !is_array($report)) {
            throw new Failed("child/$name.php: " . (trim($texts[0]) ?: "exit status $status"));
        }
        return $report;
    }
}
