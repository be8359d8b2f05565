<?php

// A loop on the host: seconds, the best and the mean of as many rounds as argv[1] says.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

$work = require SCRIPTS . '/work.php';
$rounds = [];
for ($i = 0; $i < (int) $_SERVER['argv'][1]; $i++) {
    $rounds[] = seconds(static fn() => $work(1_000_000));
}
report(['loop' => min($rounds), 'mean' => array_sum($rounds) / count($rounds)]);
