<?php

// The host's signal handlers, before, during and after jobs of a guest with ZEND_SIGNALS. Prints `ok`, or what is wrong.
declare(strict_types=1);

const SIGNALS = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGPROF];

/** @return array<string, string> caught, ignored, blocked; without 34, the execution timer's, and 32 and 33, the C library's own for threads */
function dispositions(): array
{
    $found = [];
    foreach (file('/proc/thread-self/status') as $line) {
        if (preg_match('/^(Sig(?:Blk|Ign|Cgt)):\s*([0-9a-f]+)/', $line, $match)) {
            $found[$match[1]] = sprintf('%x', hexdec($match[2]) & ~(7 << 31));
        }
    }
    return $found;
}

function send(int $signal): void
{
    exec("kill -$signal " . getmypid());
}

$got = [];
$handler = function (int $signal) use (&$got): void {
    $got[] = $signal;
};
pcntl_async_signals(true);
foreach (SIGNALS as $signal) {
    pcntl_signal($signal, $handler);
}
$before = dispositions();

$wrong = [];
$expect = function (string $when) use (&$got, &$wrong): void {
    sort($got);
    $wanted = SIGNALS;
    sort($wanted);
    if ($got !== $wanted) {
        $wrong[] = "$when the handlers ran for " . json_encode($got);
    }
    $got = [];
};

$vm = FfiZts::boot(['threads' => 3]);
$vm->runScript(__DIR__ . '/../../examples/hello.php');
foreach (SIGNALS as $signal) {
    send($signal);
}
$expect('after a job');

// While three jobs run, one of them burning time, and the host waits.
$futures = [];
for ($i = 0; $i < 3; $i++) {
    $futures[] = $vm->startScript(__DIR__ . '/burn.php', ['1.0']);
}
$child = proc_open(['sh', '-c', implode('', array_map(static fn (int $signal): string => 'sleep 0.05; kill -' . $signal . ' ' . getmypid() . ';', SIGNALS))], [], $pipes);
foreach ($futures as $future) {
    $future->await(20.0);
}
proc_close($child);
$expect('during jobs');

if (dispositions() !== $before) {
    $wrong[] = 'dispositions ' . json_encode(dispositions()) . ', before ' . json_encode($before);
}
$vm->shutdown();
foreach (SIGNALS as $signal) {
    send($signal);
}
$expect('after the shutdown');
if (dispositions() !== $before) {
    $wrong[] = 'after the shutdown ' . json_encode(dispositions()) . ', before ' . json_encode($before);
}
echo $wrong === [] ? "ok\n" : implode("\n", $wrong) . "\n";
