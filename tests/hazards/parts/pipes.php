<?php

$slow = 0;
for ($i = 0; $i < $argv[1]; $i++) {
    $process = proc_open(['cat'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
    fwrite($pipes[0], 'text');
    $start = hrtime(true);
    fclose($pipes[0]);
    $slow += (int) (stream_get_contents($pipes[1]) !== 'text');
    proc_close($process);
    $slow += (int) (hrtime(true) - $start > 1_500_000_000);
}
return $slow;
