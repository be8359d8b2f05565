<?php

// Signals that the host leaves alone stay what they are while jobs run and after them, and so do those that it sets later:
// a request of a libphp with ZEND_SIGNALS would take over seven of them. Prints `ok`, or what is wrong.
declare(strict_types=1);

/** What the process catches and ignores; without 34, the execution timer's, and 32 and 33, the C library's own for threads. */
function dispositions(): string
{
    preg_match_all('/^Sig(?:Ign|Cgt):\s*([0-9a-f]+)/m', file_get_contents('/proc/self/status'), $found);
    return implode(' ', array_map(static fn (string $mask): string => sprintf('%x', hexdec($mask) & ~(7 << 31)), $found[1]));
}

$wrong = [];
$vm = FfiZts::boot(['threads' => 2]);
$job = __DIR__ . '/burn.php';
$settings = [
    'all by default' => static fn () => null,
    'some ignored' => static fn () => pcntl_signal(SIGUSR2, SIG_IGN) && pcntl_signal(SIGQUIT, SIG_IGN),
    'one handled' => static fn () => pcntl_signal(SIGUSR1, static fn () => null),
    'by default again' => static fn () => pcntl_signal(SIGUSR1, SIG_DFL) && pcntl_signal(SIGUSR2, SIG_DFL) && pcntl_signal(SIGQUIT, SIG_DFL),
];
foreach ($settings as $name => $set) {
    $set();
    $before = dispositions();
    $futures = [$vm->startScript($job, ['0.2']), $vm->startScript($job, ['0.2'])];
    usleep(100_000);
    $during = dispositions();
    foreach ($futures as $future) {
        $future->await(20.0);
    }
    if ($during !== $before || dispositions() !== $before) {
        $wrong[] = "$name: $before before, $during during, " . dispositions() . ' after jobs';
    }
}
echo $wrong === [] ? "ok\n" : implode("\n", $wrong) . "\n";
