<?php

// Ends in the given way at the given moment while guests are busy (HAZARDS 1).
// Arguments: way (exit, throw, fatal, end), status, microseconds, port of a TLS server, what the guests do…
// The moment of the end goes to standard error.
declare(strict_types=1);

[, $way, $status, $microseconds, $port] = $argv;
$vm = FfiZts::boot(['threads' => 8, 'shutdown_timeout' => 0.5, 'extensions' => ['curl']]);
$futures = [];
foreach (array_slice($argv, 5) as $kind) {
    $futures[] = $vm->startScript(__DIR__ . '/parts/busy.php', [$kind, $port]);
}
usleep((int) $microseconds);
fprintf(STDERR, "%.6f\n", microtime(true));
if ($way === 'exit') {
    exit((int) $status);
}
if ($way === 'throw') {
    throw new Exception('the end');
}
if ($way === 'fatal') {
    ini_set('memory_limit', '8M');
    $x = str_repeat('x', 64 << 20);
}
