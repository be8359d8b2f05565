--TEST--
Hazard 2: signal handlers and mask of the host are its own across boot, jobs, failures and shutdown
--EXTENSIONS--
posix
pcntl
--FILE--
<?php
require __DIR__ . '/../support.inc';

$counts = [];
foreach ([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPROF, SIGALRM, SIGVTALRM, SIGCHLD] as $signal) {
    pcntl_signal($signal, function ($signal) use (&$counts) { $counts[$signal] = ($counts[$signal] ?? 0) + 1; });
}
pcntl_signal(SIGPIPE, SIG_IGN);
pcntl_sigprocmask(SIG_BLOCK, [SIGTTOU]);
Probe::start();
$vm = FfiZts::boot(['threads' => 3]);
$codes = ['', 'exit(1);', 'throw new Exception;', '@trigger_error("", E_USER_ERROR);', 'set_time_limit(1); while (true);', 'set_time_limit(100);', 'header(""); ignore_user_abort();'];
for ($i = 0; $i < 100; $i++) {
    try {
        $vm->runScript(script($codes[$i % 50 === 4 ? 4 : [0, 1, 2, 3, 5, 6][$i % 6]], 'job.php'));
    } catch (Throwable) {
    }
}
Probe::assertSame();
$dispatch = function () use (&$counts) {
    $counts = [];
    foreach ([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPROF, SIGALRM, SIGVTALRM, SIGCHLD] as $signal) {
        posix_kill(getmypid(), $signal);
    }
    pcntl_signal_dispatch();
    echo count($counts), ' ', array_sum($counts), "\n";
};
$dispatch();
// The guest's threads receive none of them: they mask all that they do not own.
$wrong = [];
foreach (array_diff(scandir('/proc/self/task'), ['.', '..', (string) getmypid()]) as $tid) {
    preg_match('/^SigBlk:\s*(\w+)/m', file_get_contents("/proc/self/task/$tid/status"), $m);
    foreach ([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPROF, SIGALRM, SIGVTALRM, SIGCHLD, SIGPIPE] as $signal) {
        if (!(hexdec(substr($m[1], 8)) >> ($signal - 1) & 1)) {
            $wrong[$tid][] = $signal;
        }
    }
}
echo $wrong ? json_encode($wrong) : 'masked', "\n";
$vm->shutdown();
Probe::assertSame();
$dispatch();
?>
--EXPECT--
same
10 10
masked
same
10 10
