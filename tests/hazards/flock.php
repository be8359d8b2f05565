<?php

// Host and workers count in one file under flock() (HAZARDS 21). Arguments: file, rounds of each.
declare(strict_types=1);

[, $file, $rounds] = $argv;
file_put_contents($file, '0');
$vm = FfiZts::boot(['threads' => 3]);
$futures = [];
for ($i = 0; $i < 3; $i++) {
    $futures[] = $vm->startScript(__DIR__ . '/parts/flock.php', [$file, $rounds]);
}
require __DIR__ . '/parts/flock.php';
foreach ($futures as $future) {
    $future->await(120.0);
}
echo (int) file_get_contents($file) === 4 * (int) $rounds ? "counted\n" : 'lost: ' . file_get_contents($file) . "\n";
