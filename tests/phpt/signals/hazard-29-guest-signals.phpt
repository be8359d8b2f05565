--TEST--
Hazard 29: a guest cannot signal its own process, which is the host's; signals to others work
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 1]);
$child = proc_open(['sleep', '60'], [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
$seen = $vm->runScript(script(<<<'PHP'
    $seen = [];
    foreach (['own' => getmypid(), 'group' => 0, 'all' => -1, 'group by number' => -posix_getpgrp(), 'thread' => (int) basename(readlink('/proc/thread-self'))] as $label => $pid) {
        if ($label === 'all') {
            continue; // php's own posix_kill(-1) would take the machine down with it where this fails
        }
        foreach ([1, 2, 3, 9, 10, 12, 14, 15] as $signal) {
            $seen[$label][] = @posix_kill($pid, $signal) ? "SENT $signal" : 'refused';
        }
        $seen[$label] = implode(', ', array_unique($seen[$label]));
    }
    $seen['exists'] = posix_kill(getmypid(), 0);
    $seen['another process'] = posix_kill((int) $argv[1], 15);
    return $seen;
    PHP), [proc_get_status($child)['pid']])->value;
echo json_encode($seen, JSON_PRETTY_PRINT), "\n";
until(function () use ($child, &$status) { $status = proc_get_status($child); return !$status['running']; }, 'the child ends');
echo $status['termsig'], "\n";
// A broken pipe in a job is an error there, and no signal to the host.
echo json_encode($vm->runScript(script('$s = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); fclose($s[1]); $w = @fwrite($s[0], "x"); $p = popen("true", "w"); usleep(50000); $n = @fwrite($p, str_repeat("x", 1 << 20)); fflush($p); return [$w, is_int($n) || $n === false];'))->value), "\n";
Probe::assertSame();
?>
--EXPECT--
{
    "own": "refused",
    "group": "refused",
    "group by number": "refused",
    "thread": "refused",
    "exists": true,
    "another process": true
}
15
[false,true]
same
