--TEST--
Promise 7: the host's signal handlers run while it waits, not after
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

/** A process that signals this one once the file is there. */
function signal_when(string $file, int $signal): mixed
{
    return proc_open([PHP_BINARY, '-n', '-d', 'extension=posix', '-r',
        'for ($parent = posix_getppid(); !file_exists($argv[1]) && $parent === posix_getppid();) { usleep(500); clearstatcache(); } $parent !== posix_getppid() || posix_kill((int) $argv[2], (int) $argv[3]);', $file, (string) getmypid(), (string) $signal],
        array_fill(0, 3, ['file', '/dev/null', 'r+']), $pipes);
}

pcntl_async_signals(true);
$vm = FfiZts::boot(['threads' => 2]);
// The job ends only when the handler has run: a handler that ran after the wait would be waited for in vain.
$job = script(<<<'PHP'
    touch($argv[1]);
    for ($end = microtime(true) + 30; !file_exists($argv[2]); clearstatcache()) {
        if (microtime(true) > $end) return 'the handler did not run during the wait';
        if ($argv[3] === 'sleep') usleep(1000);
    }
    return 'handled during the wait';
    PHP);
foreach ([SIGUSR1 => 'SIGUSR1', SIGUSR2 => 'SIGUSR2', SIGTERM => 'SIGTERM', SIGHUP => 'SIGHUP', SIGINT => 'SIGINT', SIGCHLD => 'SIGCHLD', SIGALRM => 'SIGALRM', SIGWINCH => 'SIGWINCH'] as $signal => $name) {
    foreach (['sleep', 'loop'] as $how) {
        $tid = null;
        pcntl_signal($signal, function ($got) use ($name, $how, &$tid) {
            $tid = (int) basename(readlink('/proc/thread-self'));
            touch(tmp("handled-$name-$how"));
        });
        $killer = signal_when(tmp("started-$name-$how"), $signal);
        $result = $vm->runScript($job, [tmp("started-$name-$how"), tmp("handled-$name-$how"), $how]);
        echo $name, ' ', $how, ': ', $result->value, $tid === getmypid() ? "\n" : " on another thread\n";
        proc_close($killer);
    }
    pcntl_signal($signal, SIG_DFL);
}
// A timer of the host.
pcntl_signal(SIGALRM, fn () => touch(tmp('alarm')));
pcntl_alarm(1);
$future = $vm->startScript($job, [tmp('x'), tmp('alarm'), 'sleep']);
echo 'await: ', $future->await(30)->value, "\n";
// A handler that throws ends the wait; the script is stopped.
pcntl_signal(SIGUSR1, function () { throw new DomainException('from the handler'); });
$killer = signal_when(tmp('started-throw'), SIGUSR1);
thrown(fn () => $vm->runScript(script('touch($argv[1]); while (true);'), [tmp('started-throw')]));
proc_close($killer);
until(fn () => $vm->info()['jobs']['unfinished'] === 0, 'the abandoned job stops');
// A future goes on: somebody holds it.
$killer = signal_when(tmp('started-await'), SIGUSR1);
$future = $vm->startScript(script('touch($argv[1]); while (!file_exists($argv[2])) { usleep(500); clearstatcache(); } return "went on";'), [tmp('started-await'), tmp('gate')]);
thrown(fn () => $future->await());
proc_close($killer);
touch(tmp('gate'));
echo $future->await(30)->value, "\n";
// A handler that runs a script itself.
pcntl_signal(SIGUSR1, function () use ($vm) { echo $vm->runScript(script('return "nested";'))->value, "\n"; touch(tmp('nested')); });
$killer = signal_when(tmp('started-nested'), SIGUSR1);
echo $vm->runScript($job, [tmp('started-nested'), tmp('nested'), 'sleep'])->value, "\n";
proc_close($killer);
?>
--EXPECT--
SIGUSR1 sleep: handled during the wait
SIGUSR1 loop: handled during the wait
SIGUSR2 sleep: handled during the wait
SIGUSR2 loop: handled during the wait
SIGTERM sleep: handled during the wait
SIGTERM loop: handled during the wait
SIGHUP sleep: handled during the wait
SIGHUP loop: handled during the wait
SIGINT sleep: handled during the wait
SIGINT loop: handled during the wait
SIGCHLD sleep: handled during the wait
SIGCHLD loop: handled during the wait
SIGALRM sleep: handled during the wait
SIGALRM loop: handled during the wait
SIGWINCH sleep: handled during the wait
SIGWINCH loop: handled during the wait
await: handled during the wait
DomainException: from the handler
DomainException: from the handler
went on
nested
handled during the wait
