<?php

// What the requests before have left behind.
declare(strict_types=1);

$vm = FfiZts::boot();
// On a busy machine a job may need longer to unwind than a request's end waits for it; then its worker comes back by itself.
$end = microtime(true) + 20;
do {
    $info = $vm->info();
    $lost = array_filter($info['workers'], static fn (array $worker): bool => $worker['state'] === 'lost');
} while ($lost && microtime(true) < $end && usleep(1000) === null);
echo "jobs {$info['jobs']['unfinished']} lost workers ", count($lost), "\n";
$vm->runScript(__DIR__ . '/parts/state.php', ['see']);
