<?php

// Host and guests start processes at once; each pipe reaches its end when its own writer has ended (HAZARDS 23). While one
// guest starts processes that live for long, the others' `cat` must not be kept alive by descriptors that those inherited.
// Arguments: rounds.
declare(strict_types=1);

$vm = FfiZts::boot(['threads' => 3]);
$rounds = $argv[1];
$futures = [
    $vm->startScript(__DIR__ . '/parts/long-lived.php', [$rounds]),
    $vm->startScript(__DIR__ . '/parts/pipes.php', [$rounds]),
    $vm->startScript(__DIR__ . '/parts/pipes.php', [$rounds]),
];
$slow = (require __DIR__ . '/parts/pipes.php');
foreach ($futures as $future) {
    $slow += (int) $future->await(60.0)->value;
}
echo $slow === 0 ? "all pipes ended\n" : "$slow pipes were held open by a process that had nothing to do with them\n";
