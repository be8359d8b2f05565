<?php

// 200,000 echoed lines: to the host's output, and into a buffer of the host.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

$engine = engine();
$engine->boot();
$lines = static fn() => $engine->run(SCRIPTS . '/lines.php');
$buffered = static function () use ($lines): void {
    ob_start();
    $lines();
    if (substr_count((string) ob_get_clean(), "\n") !== 200_000) {
        throw new \RuntimeException('not all of the lines arrived');
    }
};
$plain = $into = INF;
for ($i = 0; $i < 3; $i++) {
    $plain = min($plain, seconds($lines));
    $into = min($into, seconds($buffered));
}
report(['plain' => $plain, 'buffered' => $into]);
