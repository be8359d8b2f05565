<?php

// A loop on the host: seconds, the best of ROUNDS.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

$work = require SCRIPTS . '/work.php';
$best = INF;
for ($i = 0; $i < (int) $_SERVER['argv'][1]; $i++) {
    $best = min($best, seconds(static fn() => $work(1_000_000)));
}
report(['loop' => $best]);
