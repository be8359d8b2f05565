<?php

$processes = [];
for ($i = 0; $i < $argv[1]; $i++) {
    $processes[] = proc_open(['sleep', '3'], [], $pipes);
    if (count($processes) > 40) {
        $old = array_shift($processes);
        proc_terminate($old, 9);
        proc_close($old);
    }
}
foreach ($processes as $process) {
    proc_terminate($process, 9);
    proc_close($process);
}
return 0;
