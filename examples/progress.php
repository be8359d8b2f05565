<?php

/*
 * A progress display: tasks report over a channel, and the host draws while it waits.
 *
 *     php -d extension=ffi_zts.so examples/progress.php
 */

declare(strict_types=1);

use FfiZts\Channel;

const TASKS = 4;
const STEPS = 25;

$vm = FfiZts::boot();
$pool = $vm->pool(2);
$reports = new Channel(Channel::UNBOUNDED); // reporting never waits for the drawing

$futures = [];
for ($task = 0; $task < TASKS; $task++) {
    $futures[$task] = $pool->submit(static function (int $task, int $steps, Channel $reports): string {
        $digest = "task $task";
        for ($step = 1; $step <= $steps; $step++) {
            for ($i = 0; $i < 500; $i++) {
                $digest = hash('sha256', $digest);
            }
            $reports->send([$task, $step]);
        }
        return substr($digest, 0, 8);
    }, [$task, STEPS, $reports]);
}

$draw = static function (array $steps): string {
    $bars = array_map(static fn (int $step): string => str_pad(str_repeat('#', intdiv(10 * $step, STEPS)), 10, '.'), $steps);
    return sprintf('[%s] %3d %%', implode('] [', $bars), intdiv(100 * array_sum($steps), TASKS * STEPS));
};

// select() sleeps until there is a report or a task has ended, so that one that fails is noticed as well.
$terminal = stream_isatty(STDOUT);
$steps = array_fill(0, TASKS, 0);
$results = [];
while (count($results) < TASKS) {
    $waiting = array_diff_key($futures, $results);
    foreach (FfiZts\select(['reports' => $reports] + $waiting) as $ready) {
        if ($ready === 'reports') {
            while (count($reports) > 0) {
                [$task, $step] = $reports->recv();
                $steps[$task] = $step;
            }
            echo $terminal ? "\r" . $draw($steps) : '';
        } else {
            $results[$ready] = $futures[$ready]->await();
        }
    }
}
while (count($reports) > 0) {
    [$task, $step] = $reports->recv();
    $steps[$task] = $step;
}
echo $terminal ? "\r" : '', $draw($steps), "\n";

ksort($results);
foreach ($results as $task => $digest) {
    echo "task $task: $digest\n";
}
