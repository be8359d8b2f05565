<?php

/**
 * Stops busy code on threads of an extension's (parallel's) at random moments: php threads.php PARALLEL STOPS WAY [KIND…]
 *
 * PARALLEL: its file. STOPS of each kind. WAY: `cancel` (Future::cancel() in the task that has started it), `kill` (Runtime::kill()),
 * `job` (the task that waits for it is cancelled), `limit` (it runs longer than it may), `time` (a time limit of the thread's own).
 * FFI_ZTS_STOPS_BOOT, FFI_ZTS_STOPS_SEED and FFI_ZTS_STOPS_SLOW are those of stops.php. The last line is `N passed, N failed`.
 */

declare(strict_types=1);

require __DIR__ . '/parts/receive.php';

[, $parallel, $stops, $way] = $argv;
$kinds = require __DIR__ . '/kinds.php';
$slow = (float) (getenv('FFI_ZTS_STOPS_SLOW') ?: 1.0);
$seed = (int) (getenv('FFI_ZTS_STOPS_SEED') ?: random_int(1, 1 << 30));
mt_srand($seed);
$boot = json_decode(getenv('FFI_ZTS_STOPS_BOOT') ?: '[]', true);
$boot['extensions'][] = $parallel;
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => __DIR__ . '/parts/threads.php'] + $boot);
$left = FfiZts\Channel::make('stops', 64);
$begun = FfiZts\Channel::make('begun', 1);

/** Starts the kind, and has it stopped after a random while: what its waiter is told, and the state of what goes on. */
$stop = static function (string $kind) use ($vm, $way, $begun, $slow): array {
    $while = (int) ($slow * mt_rand(0, 3000));
    $future = $vm->run(['Threads', 'stop'], [$way, $kind, $while], timeout: $way === 'limit' ? 0.05 * $slow + $while / 1e6 : null);
    if ($way === 'job') {
        $begun->recv(60.0 * $slow);
        usleep($while);
        $future->cancel();
    }
    try {
        return $future->await(60.0 * $slow);
    } catch (Throwable $told) {
        return [$told instanceof FfiZts\CancelledException || $told instanceof FfiZts\TimeoutException ? $told::class : (string) $told, null];
    }
};
$right = $vm->run(['Stops', 'check'], [0])->await();
$told = match ($way) {
    'cancel' => ['parallel\Future\Error\Cancelled', $right],
    'kill' => ['parallel\Future\Error\Killed', null],
    'time' => [null, $right],
    'job' => [FfiZts\CancelledException::class, null],
    'limit' => [FfiZts\TimeoutException::class, null],
};
$passed = $failed = 0;
foreach (array_slice($argv, 4) ?: array_keys($kinds) as $kind) {
    $wrong = [];
    for ($n = 1; $n <= $stops && count($wrong) < 5; $n++) {
        ob_start();
        $got = $stop($kind);
        ob_end_clean();
        while (receive($begun) || receive($left)) {
        }
        if ($got !== $told) {
            $wrong[] = "stop $n: " . json_encode($got);
        }
        if (($n % 20 === 0 || $n == $stops) && $vm->run(['Stops', 'check'], [0])->await(60.0 * $slow) !== $right) {
            $wrong[] = "after stop $n a task returned something else";
        }
    }
    $wrong ? $failed++ : $passed++;
    printf("%s %s, %s: %d stops\n", $wrong ? 'FAIL' : 'ok  ', $way, $kind, $n - 1);
    foreach ($wrong as $line) {
        echo "     $line (seed $seed)\n";
    }
}
$vm->shutdown();
printf("%d passed, %d failed\n", $passed, $failed);
exit($failed ? 1 : 0);
