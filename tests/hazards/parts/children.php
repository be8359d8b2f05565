<?php

/**
 * Starts a `cat` and waits until it runs.
 *
 * @param array $pipes set to its standard input and output
 * @param list<string> $found gets number and target of what it has open beside its standard streams and what $known names, a
 *                            JSON list of the same
 *
 * @return resource
 */
function cat(?array &$pipes, array &$found, string $known = '[]')
{
    $process = proc_open(['cat'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
    fwrite($pipes[0], '.');
    if (fread($pipes[1], 1) !== '.') {
        $found[] = 'not what was written';
    }
    $pid = proc_get_status($process)['pid'];
    $open = [];
    foreach (array_diff((array) scandir("/proc/$pid/fd"), ['.', '..', '0', '1', '2']) as $descriptor) {
        $open[] = "$descriptor: " . @readlink("/proc/$pid/fd/$descriptor");
    }
    array_push($found, ...array_diff($open, json_decode($known)));
    return $process;
}
