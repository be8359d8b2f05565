<?php

declare(strict_types=1);

namespace FfiZts\Soak;

use FfiZts\Vm;

/** Counts what was done, remembers what was wrong, and watches what the process holds. */
final class Ledger
{
    /** Bytes that the process may grow by after the warm-up. */
    private const GROWTH = 5 << 20;
    /** Mistakes that are told; more are only counted. */
    private const TOLD = 20;

    /** @var array<string, int> */
    private array $counts = ['tasks' => 0, 'failed' => 0, 'cancelled' => 0, 'recycled' => 0, 'checks' => 0, 'wrong' => 0];
    /** @var array<string, float> seconds by stage */
    private array $seconds = [];
    /** @var ?array{rss: int, descriptors: int, threads: int} after the warm-up */
    private ?array $before = null;
    private readonly int $warm;
    private readonly float $start;
    private float $reported = 0.0;

    public function __construct(private readonly Vm $vm, private readonly int $rounds)
    {
        $this->warm = max(min(4, $rounds), intdiv($rounds, 10));
        $this->start = microtime(true);
    }

    public function tasks(int $count = 1): void
    {
        $this->counts['tasks'] += $count;
    }

    public function failed(): void
    {
        $this->counts['failed']++;
    }

    public function cancelled(): void
    {
        $this->counts['cancelled']++;
    }

    public function recycled(int $count = 1): void
    {
        $this->counts['recycled'] += $count;
    }

    public function same(string $what, mixed $found, mixed $wanted): void
    {
        $this->counts['checks']++;
        if ($found !== $wanted && !(is_object($wanted) && $found == $wanted && $found::class === $wanted::class)) {
            $this->wrong(sprintf('%s: %s instead of %s', $what, self::text($found), self::text($wanted)));
        }
    }

    /** @param callable(\Throwable): bool $right */
    public function throws(string $what, callable $act, callable $right): void
    {
        $this->counts['checks']++;
        try {
            $this->wrong("$what: no exception but " . self::text($act()));
        } catch (\Throwable $e) {
            if (!$right($e)) {
                $this->wrong(sprintf('%s: %s(%d) "%s"', $what, $e::class, $e->getCode(), $e->getMessage()));
            }
        }
    }

    public function stage(string $name, callable $act): void
    {
        $start = microtime(true);
        try {
            $act();
        } catch (\Throwable $e) {
            $this->wrong("$name: " . $e::class . ': ' . $e->getMessage() . ' in line ' . $e->getLine());
        }
        $this->seconds[$name] = ($this->seconds[$name] ?? 0.0) + microtime(true) - $start;
    }

    public function round(int $round): void
    {
        $held = $this->held();
        if ($round === $this->warm) {
            $this->before = $held;
        }
        if (microtime(true) - $this->reported > 10.0 || $round === $this->rounds || $round <= 2) {
            $this->reported = microtime(true);
            printf("round %d: %s, %.0f s\n", $round, self::heldText($held), microtime(true) - $this->start);
        }
    }

    /** The exit status. */
    public function close(): int
    {
        $after = $this->held();
        if ($after['rss'] - $this->before['rss'] > self::GROWTH) {
            $this->wrong(sprintf('the memory grew by %.1f MB', ($after['rss'] - $this->before['rss']) / 1e6));
        }
        foreach (['descriptors', 'threads'] as $what) {
            $this->same($what, $after[$what], $this->before[$what]);
        }
        $unfinished = $this->vm->info()['jobs'] ?? null;
        printf("after the warm-up: %s\nat the end: %s\n", self::heldText($this->before), self::heldText($after));
        arsort($this->seconds);
        echo 'seconds: ', implode(', ', array_map(static fn(string $name, float $time): string => sprintf('%s %.1f', $name, $time), array_keys($this->seconds), $this->seconds)), "\n";
        echo 'jobs: ', json_encode($unfinished), "\n";
        echo implode(', ', array_map(static fn(string $name, int $count): string => number_format($count) . " $name", array_keys($this->counts), $this->counts)), "\n";
        return $this->counts['wrong'] === 0 ? 0 : 1;
    }

    private function wrong(string $why): void
    {
        if (++$this->counts['wrong'] <= self::TOLD) {
            fwrite(STDERR, "$why\n");
        }
    }

    /**
     * What the process holds once its threads are at rest.
     *
     * @return array{rss: int, descriptors: int, threads: int}
     */
    private function held(): array
    {
        gc_collect_cycles();
        gc_mem_caches();
        $last = null;
        for ($i = 0; $i < 50; $i++) {
            $now = ['descriptors' => count(scandir('/proc/self/fd') ?: []), 'threads' => count(scandir('/proc/self/task') ?: [])];
            if ($now === $last) {
                break;
            }
            $last = $now;
            usleep(20_000);
        }
        preg_match('/^Rss:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/smaps_rollup'), $found);
        return ['rss' => 1024 * (int) $found[1], ...$now];
    }

    /** @param array{rss: int, descriptors: int, threads: int} $held */
    private static function heldText(array $held): string
    {
        return sprintf('%.1f MB, %d descriptors, %d threads', $held['rss'] / 1e6, $held['descriptors'], $held['threads']);
    }

    private static function text(mixed $value): string
    {
        return substr((string) json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR) ?: get_debug_type($value), 0, 200);
    }
}
