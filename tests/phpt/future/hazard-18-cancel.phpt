--TEST--
Promise 13, hazard 18: cancel() of queued and running jobs, blocked in sleep, loop, flock, select, open, regex
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 5.0]);
$lock = fopen(tmp('lock'), 'w');
flock($lock, LOCK_EX);
posix_mkfifo(tmp('fifo'), 0600);
$says = 'touch($argv[1]); ';
foreach ([
    'loop' => 'while (true);',
    'loop with calls' => 'while (true) { strlen("x"); }',
    'catches everything' => 'while (true) { try { while (true) { $x = 1; } } catch (Throwable) {} finally { $y = 1; } }',
    'sleep' => 'sleep(1000);',
    'usleep in a loop' => 'while (true) usleep(100000);',
    'time_nanosleep' => 'time_nanosleep(1000, 0);',
    'flock' => 'flock(fopen(' . var_export(tmp('lock'), true) . ', "r"), LOCK_EX);',
    'select' => '$s = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); $r = [$s[0]]; $w = $e = null; @stream_select($r, $w, $e, 1000);',
    'fifo' => '@fopen(' . var_export(tmp('fifo'), true) . ', "r");',
    'regex' => 'ini_set("pcre.backtrack_limit", "1000000000"); ini_set("pcre.jit", "0"); while (true) preg_match("/(a+)+$/", str_repeat("a", 20) . "b");',
    'sort' => 'while (true) { $a = range(1, 20000); shuffle($a); usort($a, fn ($x, $y) => $x <=> $y); }',
    'shell' => 'shell_exec("exec sleep 20 2>/dev/null");',
] as $label => $code) {
    @unlink(tmp('started'));
    $future = $vm->startScript(script($says . $code . ' echo "went on after cancel\n";'), [tmp('started')]);
    started($future, tmp('started'));
    $queued = $vm->startScript(script('echo "a cancelled job ran\n";'));
    $start = microtime(true);
    $queued = [$queued->cancel(), $queued];
    $stopped = $future->cancel();
    $took = microtime(true) - $start;
    echo "$label: ", json_encode($stopped), $took > 6 * patience() ? " after $took s" : '', ', ';
    thrown(fn () => $future->await(1));
    if ($queued !== [true, $queued[1]] || !$queued[1]->isDone() || !$future->isDone()) {
        echo "the queued job was not cancelled\n";
    }
}
thrown(fn () => $queued[1]->await());
// The worker serves on.
echo $vm->runScript(script('return "serves on";'))->value, "\n";
Probe::assertSame();
?>
--EXPECTF--
loop: true, FfiZts\CancelledException: %s
loop with calls: true, FfiZts\CancelledException: %s
catches everything: true, FfiZts\CancelledException: %s
sleep: true, FfiZts\CancelledException: %s
usleep in a loop: true, FfiZts\CancelledException: %s
time_nanosleep: true, FfiZts\CancelledException: %s
flock: true, FfiZts\CancelledException: %s
select: true, FfiZts\CancelledException: %s
fifo: true, FfiZts\CancelledException: %s
regex: true, FfiZts\CancelledException: %s
sort: true, FfiZts\CancelledException: %s
shell: %r(true|false)%r, FfiZts\CancelledException: %s
FfiZts\CancelledException: %s
serves on
same
