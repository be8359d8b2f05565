<?php

// Starts processes one after the other. Each has exactly the descriptors that it was given, whatever other threads and the
// other engine are making at that moment, and its output reaches its end. Returns what was found instead.
// Arguments: rounds, what is known.
require_once __DIR__ . '/children.php';

$found = [];
for ($i = 0; $i < $argv[1]; $i++) {
    $process = cat($pipes, $found, $argv[2]);
    fwrite($pipes[0], 'text');
    fclose($pipes[0]);
    if (stream_get_contents($pipes[1]) !== 'text') {
        $found[] = 'not what was written';
    }
    proc_close($process);
}
return $found;
