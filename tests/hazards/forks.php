<?php

// Forks again and again while guests are busy (HAZARDS 13). Arguments: how many. Prints how many children were as they should
// be, and the longest that one took in milliseconds.
declare(strict_types=1);

$vm = FfiZts::boot(['threads' => 3, 'shutdown_timeout' => 0.5]);
$futures = [];
foreach (['cpu', 'dom', 'sleep'] as $kind) {
    $futures[] = $vm->startScript(__DIR__ . '/parts/busy.php', [$kind, '0']);
}
usleep(50_000);
$good = 0;
$longest = 0.0;
for ($i = 0; $i < (int) $argv[1]; $i++) {
    $start = hrtime(true);
    $pid = pcntl_fork();
    if ($pid === 0) {
        $thrown = 0;
        foreach ([static fn () => $vm->runScript('x.php'), static fn () => $futures[0]->await(), static fn () => FfiZts::boot()->startScript('x.php')] as $call) {
            try {
                $call();
            } catch (FfiZts\Exception) {
                $thrown++;
            }
        }
        exit(10 + $thrown);
    }
    while (pcntl_waitpid($pid, $status, WNOHANG) === 0 && hrtime(true) - $start < 5_000_000_000) {
        usleep(500);
    }
    if (isset($status) && pcntl_wifexited($status) && pcntl_wexitstatus($status) === 13) {
        $good++;
    } else {
        fwrite(STDERR, "child $i: " . json_encode($status ?? null) . "\n");
        exec("kill -9 $pid");
    }
    $longest = max($longest, (hrtime(true) - $start) / 1e6);
    unset($status);
}
foreach ($futures as $future) {
    $future->cancel();
}
echo FfiZts::boot()->info()['state'], " $good ", (int) $longest, "\n";
