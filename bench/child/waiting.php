<?php

// Workers with a warm request: bytes of resident memory of each, and the nanoseconds that the guest's threads use in ten seconds,
// with nothing to do and while each waits for a channel. argv[1]: ours.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

const WORKERS = 16;

/** Nanoseconds on a processor so far, of all threads but the host's, which does the reading. */
function used(): int
{
    $files = array_diff(glob('/proc/self/task/*/schedstat') ?: [], ['/proc/self/task/' . getmypid() . '/schedstat']);
    return array_sum(array_map(static fn(string $file): int => (int) file_get_contents($file), $files));
}

$vm = \FfiZts::boot(['threads' => 2]);
$vm->run(static fn(): int => 1)->await();
$before = resident();
$threads = [];
for ($i = 0; $i < WORKERS; $i++) {
    $threads[] = $thread = $vm->thread();
    $thread->run(static fn(): int => 1)->await();
}
$worker = (resident() - $before) / WORKERS;

usleep(200_000);
$start = used();
sleep(10);
$idle = used() - $start;

// The same while host and workers wait for each other.
$never = new \FfiZts\Channel();
$task = static fn(\FfiZts\Channel $never): mixed => $never->recv();
$futures = array_map(static fn(\FfiZts\Thread $thread): \FfiZts\Future => $thread->run($task, [$never]), $threads);
usleep(200_000);
$start = used();
try {
    $futures[0]->await(10.0);
} catch (\FfiZts\TimeoutException) {
}
report(['worker' => $worker, 'idle' => $idle, 'waiting' => used() - $start, 'threads' => count(scandir('/proc/self/task') ?: []) - 2]);
$never->close();
