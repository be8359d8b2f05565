<?php

// Resident memory in bytes: before the guest, with one idle worker, with 17; and of the peer's guest.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

const WORKERS = 17;

$empty = SCRIPTS . '/empty.php';
if ($_SERVER['argv'][1] === 'peer') {
    $engine = engine();
    $before = resident();
    $engine->boot();
    $engine->run($empty);
    report(['vm' => resident() - $before]);
    return;
}

$directory = temporary();
$before = resident();
$vm = \FfiZts::boot(['threads' => WORKERS]);
$vm->runScript($empty);
$one = resident();
$gates = gates($vm, $directory, WORKERS);
touch("$directory/open");
foreach ($gates as $gate) {
    $gate->await();
}
usleep(100_000);
report(['vm' => $one - $before, 'worker' => (resident() - $one) / (WORKERS - 1)]);
