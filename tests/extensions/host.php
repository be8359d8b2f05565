<?php

declare(strict_types=1);

/**
 * The host of the extensions' tests: boots a guest with extensions, runs their parts on several workers at once, all parts
 * beside each other, in several rounds, and prints what went wrong.
 *
 *   php -d extension=ffi_zts.so host.php DIRECTORY JIT EXTENSIONS PART…
 *
 *   JIT         1: with opcache and its tracing JIT
 *   EXTENSIONS  names or paths, separated by commas, in the order in which they are loaded
 */
require __DIR__ . '/opcache.inc';

const ROUNDS = 3;

[, $directory, $jit, $extensions] = $argv;
$parts = array_slice($argv, 4);
// One part alone gets more company of its own kind.
$count = count($parts) === 1 ? 4 : 2;

$ini = ['zts_probe.greeting' => 'from boot', 'zts_probe.report' => "$directory/report", 'apc.enable_cli' => '1', 'apc.shm_size' => '32M'];
$vm = FfiZts::boot(['threads' => $count * count($parts), 'extensions' => [...opcache_extension($jit), ...explode(',', $extensions)],
    'ini' => $ini + opcache_settings($jit)]);

$status = $vm->runScript(__DIR__ . '/opcache.php')->value;
if ($status !== ($jit === '1')) {
    exit("opcache and JIT are as not asked for: " . json_encode($status) . "\n");
}

/** @var array<int, int> $calls by thread: what zts_probe_call() counted there last */
$calls = [];
$failures = 0;
$collect = function (array $futures) use (&$calls, &$failures): void {
    foreach ($futures as $name => $future) {
        try {
            $value = $future->await(120.0)->value;
            if (isset($value['calls'])) {
                $calls[$value['thread']] = max($calls[$value['thread']] ?? 0, $value['calls']);
            }
        } catch (Throwable $e) {
            $failures++;
            printf("%s: %s: %s (%s:%d)\n", $name, $e::class, $e->getMessage(), basename($e->getFile()), $e->getLine());
        }
    }
};
for ($round = 0; $round < ROUNDS; $round++) {
    array_map(unlink(...), glob("$directory/*.here"));
    foreach (['prepare' => 1, 'work' => $count, 'verify' => 1] as $phase => $jobs) {
        $futures = [];
        foreach ($parts as $part) {
            for ($number = 0; $number < $jobs; $number++) {
                $futures["$part: $phase $number"] = $vm->startScript(__DIR__ . "/parts/$part.php", [$phase, (string) $number, (string) $count, $directory]);
            }
        }
        $collect($futures);
    }
}
$vm->shutdown();

if (in_array('zts_probe', $parts, true)) {
    // Each job made 1,000 calls; each thread counted its own. All that was made was freed, but for the boot thread's globals,
    // which end after the report.
    if (array_sum($calls) !== 1000 * $count * ROUNDS) {
        printf("zts_probe: the calls of the threads are %s\n", json_encode($calls));
        $failures++;
    }
    $report = json_decode((string) file_get_contents("$directory/report"), true);
    ['globals' => [$made, $freed], 'resources' => $resources, 'late' => $late, 'threads' => [$started, $ended]] = $report;
    if ($made - $freed !== 1 || $resources[0] !== $resources[1] || $late !== 0 || $started !== 3 * $count * ROUNDS || $started !== $ended) {
        printf("zts_probe: not all that was made was freed: %s\n", json_encode($report));
        $failures++;
    }
}
if ($failures === 0) {
    echo "ok\n";
}
exit($failures === 0 ? 0 : 1);
