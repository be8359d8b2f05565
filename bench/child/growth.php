<?php

// Seconds by size. argv[1]: ours, parallel, or copy for elements on the host itself; argv[2]: elements (an array there and
// back), tasks (queued at once) or workers (new ones, a task on each).
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

$same = static fn(mixed $value): mixed => $value;
$one = static fn(): int => 1;
// Two copies of each element, which a copy there and back makes too: where a processor's caches end they show it as well.
$copy = static function (array $value): array {
    foreach ($value as $key => $element) {
        $there[$key] = $element;
    }
    foreach ($there ?? [] as $key => $element) {
        $back[$key] = $element;
    }
    return $back ?? [];
};
$works = $_SERVER['argv'][1] === 'copy' ? ['elements' => $copy] : side(
    static function () use ($same, $one): array {
        // Workers are to be new ones, in every round.
        $vm = \FfiZts::boot(['threads' => 1, 'spare_workers' => 0, 'ini' => ['memory_limit' => '-1']]);
        return [
            'elements' => static fn(array $value): mixed => $vm->run($same, [$value])->await(),
            'tasks' => static function (int $count) use ($vm, $one): void {
                $futures = [];
                for ($i = 0; $i < $count; $i++) {
                    $futures[] = $vm->run($one);
                }
                foreach ($futures as $future) {
                    $future->await();
                }
            },
            'workers' => static function (int $count) use ($vm, $one): array {
                $threads = $futures = [];
                for ($i = 0; $i < $count; $i++) {
                    $threads[] = $thread = $vm->thread();
                    $futures[] = $thread->run($one);
                }
                \FfiZts\Future::awaitAll($futures);
                return $threads;
            },
        ];
    },
    static function () use ($same, $one): array {
        $runtime = new \parallel\Runtime();
        return [
            'elements' => static fn(array $value): mixed => $runtime->run($same, [$value])->value(),
            'tasks' => static function (int $count) use ($runtime, $one): void {
                $futures = [];
                for ($i = 0; $i < $count; $i++) {
                    $futures[] = $runtime->run($one);
                }
                foreach ($futures as $future) {
                    $future->value();
                }
            },
            'workers' => static function (int $count) use ($one): array {
                $runtimes = $futures = [];
                for ($i = 0; $i < $count; $i++) {
                    $runtimes[] = $runtime = new \parallel\Runtime();
                    $futures[] = $runtime->run($one);
                }
                foreach ($futures as $future) {
                    $future->value();
                }
                return $runtimes;
            },
        ];
    },
);
$what = $_SERVER['argv'][2];
$work = $works[$what];
$sizes = match ($what) {
    'elements' => [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000],
    'tasks' => [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000],
    'workers' => [1, 2, 5, 10, 20, 50, 100, 200],
};
$work($what === 'elements' ? [1] : 1);
$times = [];
foreach ($sizes as $size) {
    $argument = $what === 'elements' ? range(1, $size) : $size;
    for ($i = 0; $i < ($what === 'workers' ? 3 : 7); $i++) {
        $kept = null;
        $start = hrtime(true);
        $kept = $work($argument);
        $times[$size] = min($times[$size] ?? INF, (hrtime(true) - $start) / 1e9);
        if ($what === 'workers') {
            array_map(static fn(object $thread) => $thread->close(), $kept);
        }
    }
}
report($times);
