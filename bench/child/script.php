<?php

// An empty script, again and again: seconds for each, the best of several rounds.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

const CALLS = 1000;

$engine = engine();
$engine->boot();
$round = static function (string $file) use ($engine): void {
    for ($i = 0; $i < CALLS; $i++) {
        $engine->run($file);
    }
};
$round(SCRIPTS . '/empty.php');
$best = INF;
for ($i = 0; $i < 10; $i++) {
    $best = min($best, seconds(static fn() => $round(SCRIPTS . '/empty.php')) / CALLS);
}
report(['script' => $best]);
