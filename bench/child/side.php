<?php

// The two sides of what is measured with tasks: argv[1] is `ours` or `parallel`. Included by the others.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

/** Ours or parallel's, without a call in between where the time is taken. */
function side(callable $ours, callable $parallel): mixed
{
    return ($_SERVER['argv'][1] === 'parallel' ? $parallel : $ours)();
}

/**
 * Puts the host's thread on one processor and all others on another one, as a scheduler with nothing else to do would: between
 * other programs it likes to keep two threads that take turns on the same. False where that cannot be done.
 */
function apart(): bool
{
    $status = 0;
    foreach (glob('/proc/self/task/*') ?: [] as $directory) {
        $thread = (int) basename($directory);
        exec('taskset -p -c ' . ($thread === getmypid() ? 0 : 1) . " $thread 2>&1", $output, $one);
        $status |= $one;
    }
    return $status === 0;
}

/** Seconds of `$act`, the best of several. */
function best(int $rounds, callable $act): float
{
    $best = INF;
    for ($i = 0; $i < $rounds; $i++) {
        $best = min($best, seconds($act));
    }
    return $best;
}
