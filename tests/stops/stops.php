<?php

/**
 * Stops busy code at random moments and looks at what is left: php stops.php STOPS WAY [KIND…]
 *
 * STOPS of each kind. WAY: `cancel`, `limit`, `kill`, `sent` (code that the host has compiled, cancelled), `script`, `caught` (cancelled, and
 * whatever is thrown is caught, so that it takes a bailout).
 * FFI_ZTS_STOPS_BOOT: options of boot(), as JSON; FFI_ZTS_STOPS_SEED: of the moments; FFI_ZTS_STOPS_SLOW: how many times slower than usual
 * everything is. The last line is `N passed, N failed`.
 */

declare(strict_types=1);

require __DIR__ . '/parts/receive.php';

/** Bytes that a stop may leave. */
const LEFT = 65536;
/**
 * Bytes of a block that the compiler allocates from. Classes that were declared meanwhile may have needed one more, and so may, from
 * PHP 8.4 on, functions that were called for the first time: what they remember at run time is in there.
 */
const BLOCK = 65536;
/** Kinds that go on after an exception, so that a stop may never come as one. */
const GOES_ON = ['catches it', 'a return that finally replaces', 'objects that finally replaces', 'finally within finally'];
const BOOTSTRAP = __DIR__ . '/parts/bootstrap.php';

[, $stops, $way] = $argv;
$kinds = require __DIR__ . '/kinds.php';
$slow = (float) (getenv('FFI_ZTS_STOPS_SLOW') ?: 1.0);
$seed = (int) (getenv('FFI_ZTS_STOPS_SEED') ?: random_int(1, 1 << 30));
mt_srand($seed);
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => BOOTSTRAP] + json_decode(getenv('FFI_ZTS_STOPS_BOOT') ?: '[]', true));
$left = FfiZts\Channel::make('stops', 64);
$begun = FfiZts\Channel::make('begun', 1);

/** Starts the kind, and stops it after a random while: what its waiter is told. */
$stop = static function (string $kind) use ($vm, $kinds, $way, $begun, $slow): string {
    $while = (int) ($slow * mt_rand(0, 3000));
    $thread = $way === 'kill' ? $vm->thread(BOOTSTRAP) : null;
    $future = match ($way) {
        'cancel' => $vm->run(['Stops', 'run'], [$kind, $begun]),
        'caught' => $vm->run(['Stops', 'caught'], [$kind, $begun]),
        'sent' => $vm->run(['Stops', 'run'], [$kinds[$kind], $begun]),
        'limit' => $vm->run(['Stops', 'run'], [$kind, $begun], timeout: 0.0005 * $slow + $while / 1e6),
        'kill' => $thread->run(['Stops', 'run'], [$kind, $begun]),
        'script' => $vm->startScript(__DIR__ . '/parts/script.php', [$kind]),
    };
    if ($way !== 'limit') {
        // one in four scripts may be stopped before it has begun
        ($way === 'script' && mt_rand(0, 3) === 0) || $begun->recv(60.0 * $slow);
        usleep($while);
        $thread?->kill();
        $thread || $future->cancel(...($way === 'caught' ? [0.4 * $slow] : [])); // half of that is for unwinding
    }
    try {
        $future->await(60.0 * $slow);
        return 'nothing';
    } catch (Throwable $told) {
        receive($begun);
        return $told::class . ($told instanceof FfiZts\ScriptException ? ': ' . $told->getMessage() : '');
    }
};
$told = $way === 'limit' ? FfiZts\TimeoutException::class : FfiZts\CancelledException::class;
$right = $vm->run(['Stops', 'check'], [0])->await();
$calls_take_memory = version_compare($vm->info()['php_version'], '8.4', '>=');
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
            [$objects, $bytes, $classes] = $what;
            if ($way === 'caught') {
                continue; // a bailout leaves what there is to the end of the request
            }
            if ($objects !== 0 || $bytes > LEFT + ($classes || $calls_take_memory ? BLOCK : 0)) {
                $wrong[] = "stop $n left $objects objects and $bytes bytes, and $classes classes were declared";
            }
        }
        if ($n % 20 === 0 || $n == $stops) {
            $got = $vm->run(['Stops', 'check'], [$n])->await(60.0 * $slow);
            if ($got !== [$n] + $right) {
                $wrong[] = "after stop $n a task returned " . json_encode($got);
            }
        }
    }
    if (!$wrong && $looked === 0 && $stops >= 20 && !in_array($kind, GOES_ON, true) && in_array($way, ['cancel', 'sent', 'kill'], true)) {
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
