<?php

// Leaves with jobs that nobody waits for: one writes for ever, one would like to ignore being stopped, one ends soon.
declare(strict_types=1);

$vm = FfiZts::boot();
$n = $_GET['n'];
foreach (['write', 'ignore', 'soon'] as $kind) {
    $vm->startScript(__DIR__ . '/parts/abandoned.php', [$kind, $n]);
}
echo "left $n\n";
