<?php

// Starts processes that live on while others start theirs. Arguments: rounds, what is known.
require_once __DIR__ . '/children.php';

$processes = $found = [];
for ($i = 0; $i < $argv[1]; $i++) {
    $process = cat($pipes, $found, $argv[2]);
    $processes[] = [$process, ...$pipes];
    if (count($processes) > 40) {
        [$process, $in] = array_shift($processes);
        fclose($in);
        proc_close($process);
    }
}
foreach ($processes as [$process, $in]) {
    fclose($in);
    proc_close($process);
}
return $found;
