<?php

// Host and guests start processes at once; none has a descriptor of another one's pipes (HAZARDS 23). One guest's processes
// live for long: they would keep the others' `cat` from reading to the end.
// Arguments: rounds.
declare(strict_types=1);

require __DIR__ . '/parts/children.php';
$known = [];
$first = cat($pipes, $known);
$argv[2] = json_encode($known, JSON_UNESCAPED_SLASHES);
fclose($pipes[0]);
proc_close($first);

$vm = FfiZts::boot(['threads' => 3]);
$futures = [
    $vm->startScript(__DIR__ . '/parts/long-lived.php', array_slice($argv, 1)),
    $vm->startScript(__DIR__ . '/parts/pipes.php', array_slice($argv, 1)),
    $vm->startScript(__DIR__ . '/parts/pipes.php', array_slice($argv, 1)),
];
$found = (require __DIR__ . '/parts/pipes.php');
foreach ($futures as $future) {
    array_push($found, ...$future->await()->value);
}
echo $found ? count($found) . " found:\n" . implode("\n", array_slice($found, 0, 5)) . "\n" : "all pipes ended\n";
