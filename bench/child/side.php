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

/** Seconds of `$act`, the best of several. */
function best(int $rounds, callable $act): float
{
    $best = INF;
    for ($i = 0; $i < $rounds; $i++) {
        $best = min($best, seconds($act));
    }
    return $best;
}
