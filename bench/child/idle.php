<?php

// CPU time that this process uses in 5 s after its last job: nanoseconds of the guest's threads, and of all.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

/** Nanoseconds on a processor so far, by thread. */
function used(): array
{
    $used = [];
    foreach (glob('/proc/self/task/*/schedstat') ?: [] as $file) {
        $used[basename(dirname($file))] = (int) file_get_contents($file);
    }
    return $used;
}

$vm = \FfiZts::boot(['threads' => 2]);
$futures = [];
for ($i = 0; $i < 1000; $i++) {
    $futures[] = $vm->startScript(SCRIPTS . '/empty.php');
}
foreach ($futures as $future) {
    $future->await();
}
usleep(20_000);
$before = used();
sleep(5);
$after = used();
$guest = 0;
foreach ($after as $thread => $time) {
    $guest += $thread === getmypid() ? 0 : $time - ($before[$thread] ?? 0);
}
report(['guest' => $guest, 'threads' => count($after) - 1]);
