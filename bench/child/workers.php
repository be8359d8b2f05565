<?php

// THREADS workers and a batch of scripts: `empty` or `cpu`. The batch is queued while the workers are held, so that what is
// timed is the workers and not the host's starting of jobs; `started` is the time with it.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

$threads = (int) argument(0);
$file = SCRIPTS . '/' . argument(1) . '.php';
$count = (int) argument(2);
$vm = \FfiZts::boot(['threads' => $threads]);
$directory = temporary();

$start = static function () use ($vm, $file, $count): array {
    $futures = [];
    for ($i = 0; $i < $count; $i++) {
        $futures[] = $vm->startScript($file);
    }
    return $futures;
};
/** The last ones first: there is nothing to do for the host until then. */
$await = static function (array $futures): void {
    foreach (array_reverse($futures) as $future) {
        $future->await();
    }
};
$queued = static function () use ($vm, $directory, $threads, $start, $await): float {
    $gates = gates($vm, $directory, $threads);
    $futures = $start();
    $took = seconds(static function () use ($directory, $futures, $threads): void {
        touch("$directory/open");
        foreach (array_slice($futures, -$threads) as $future) {
            $future->await();
        }
    });
    $await([...$gates, ...$futures]);
    return $took;
};

$queued();
$workers = $started = INF;
for ($i = 0; $i < 3; $i++) {
    $workers = min($workers, $queued());
    $started = min($started, seconds(static fn() => $await($start())));
}
report(['workers' => $workers / $count, 'started' => $started / $count]);
