<?php

/**
 * Stops busy code at random moments and looks at what is left: php stops.php STOPS WAY [KIND…]
 *
 * STOPS of each kind. WAY: `cancel`, `limit`, `kill`, `sent` (code that the host has compiled, cancelled), `script`.
 * FFI_ZTS_STOPS_BOOT: options of boot(), as JSON; FFI_ZTS_STOPS_SEED: of the moments. The last line is `N passed, N failed`.
 */

declare(strict_types=1);

/** Bytes: 64 KB, and one more block of what the compiler allocates from, for classes that were declared meanwhile. */
const LEFT = 2 * 65536;
const BOOTSTRAP = __DIR__ . '/parts/bootstrap.php';

[, $stops, $way] = $argv;
$kinds = require __DIR__ . '/kinds.php';
$seed = (int) (getenv('FFI_ZTS_STOPS_SEED') ?: random_int(1, 1 << 30));
mt_srand($seed);
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => BOOTSTRAP] + json_decode(getenv('FFI_ZTS_STOPS_BOOT') ?: '[]', true));
$left = FfiZts\Channel::make('stops', 64);
$begun = new FfiZts\Channel(1);

/** Starts the kind, and stops it after a random while: what its waiter is told. */
$stop = static function (string $kind) use ($vm, $kinds, $way, $begun): string {
    $while = mt_rand(0, 3000);
    $thread = $way === 'kill' ? $vm->thread(BOOTSTRAP) : null;
    $future = match ($way) {
        'cancel' => $vm->run(['Stops', 'run'], [$kind, $begun]),
        'sent' => $vm->run(['Stops', 'run'], [$kinds[$kind], $begun]),
        'limit' => $vm->run(['Stops', 'run'], [$kind, $begun], timeout: 0.0005 + $while / 1e6),
        'kill' => $thread->run(['Stops', 'run'], [$kind, $begun]),
        'script' => $vm->startScript(__DIR__ . '/parts/script.php', [$kind]),
    };
    if ($way !== 'limit') {
        $way === 'script' || $begun->recv(60.0);
        usleep($while);
        $thread?->kill();
        $thread || $future->cancel();
    }
    try {
        $future->await(60.0);
        return 'nothing';
    } catch (Throwable $told) {
        receive($begun);
        return $told::class . ($told instanceof FfiZts\ScriptException ? ': ' . $told->getMessage() : '');
    }
};
$told = $way === 'limit' ? FfiZts\TimeoutException::class : FfiZts\CancelledException::class;
$right = $vm->run(['Stops', 'check'], [0])->await();
$passed = $failed = 0;
if ($way === 'sent') {
    unset($kinds['anonymous classes']); // code that declares a class does not cross
}
foreach (array_slice($argv, 3) ?: array_keys($kinds) as $kind) {
    $wrong = [];
    $looked = 0;
    for ($n = 1; $n <= $stops && count($wrong) < 5; $n++) {
        ob_start(); // what a stopped kind had in its output buffers
        $got = $stop($kind);
        ob_end_clean();
        if ($got !== $told) {
            $wrong[] = "stop $n: the waiter was told $got";
        }
        while (($what = receive($left)) !== null) {
            $looked++;
            if ($what[0] !== 0 || $what[1] > LEFT) {
                $wrong[] = "stop $n left $what[0] objects and $what[1] bytes";
            }
        }
        if ($n % 20 === 0 || $n == $stops) {
            $got = $vm->run(['Stops', 'check'], [$n])->await(60.0);
            if ($got !== [$n] + $right) {
                $wrong[] = "after stop $n a task returned " . json_encode($got);
            }
        }
    }
    if (!$wrong && $looked === 0 && $stops >= 20 && $kind !== 'catches it' && in_array($way, ['cancel', 'sent', 'kill'], true)) {
        $wrong[] = 'no stop came as an exception';
    }
    $wrong ? $failed++ : $passed++;
    printf("%s %s, %s: %d stops, %d looked at\n", $wrong ? 'FAIL' : 'ok  ', $way, $kind, $n - 1, $looked);
    foreach ($wrong as $line) {
        echo "     $line (seed $seed)\n";
    }
}
$vm->shutdown(); // while its requests can say what they have
printf("%d passed, %d failed\n", $passed, $failed);
exit($failed ? 1 : 0);

/** What is there, or null. */
function receive(FfiZts\Channel $channel): mixed
{
    try {
        return $channel->recv(0.0);
    } catch (FfiZts\TimeoutException) {
        return null;
    }
}
