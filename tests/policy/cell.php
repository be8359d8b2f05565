<?php

declare(strict_types=1);

/**
 * A cell of the matrix, in a host: what became of all vectors, as JSON. Arguments, or the query: key=value.
 *
 * arena, web, setting; way; time (`before`: what restricts is there from the start, `after`: it comes after the boot, `within`: the job
 * confines itself, `warm`: nothing is tried); held: what holds vectors here, with commas; control: nothing does;
 * threads: `extension` and `parallel`, where the guest has them.
 */

require __DIR__ . '/load.php';

$given = [];
parse_str(isset($argv[1]) ? implode('&', array_slice($argv, 1)) : $_SERVER['QUERY_STRING'], $given);
['arena' => $directory, 'way' => $way, 'time' => $time] = $given;
$held = array_diff(explode(',', $given['held']), ini_get('disable_classes') === false ? ['classes'] : []); // 8.5 disables none
$job = ['arena' => $directory, 'cell' => Arena::slug("$given[setting]-$way-$time"), 'web' => $given['web'], 'control' => isset($given['control']), 'names' => Vectors::names($held, false)];
// Threads of extensions start no jobs, and a job that is all vectors by themselves has no code to start them.
if (($time === 'within' || $way === 'nested') && !in_array($way, ['host', 'closures', 'extension', 'parallel'], true)) {
    $job['nest'] = ['it', 'task', 'script', 'thread', 'pool', 'bootstrap', ...explode(',', $given['threads'] ?? '')];
    $job['nest'] = array_filter($job['nest']);
}
$job['tighten'] = $time === 'within';
$alone = $way === 'host' || $time === 'warm' ? [] : Vectors::names($held, true);
[$outcomes, $error] = [[], ''];
try {
    $vm = FfiZts::boot(['threads' => 3] + Ways::options($way));
    $taken = $way === 'nested' ? 'task' : $way;
    $take = static fn (array $job): array => $taken === 'host' ? Job::run($job) : Ways::take($taken, $vm, $job);
    if ($time === 'after' || $time === 'warm') {
        $take(['warm' => true] + $job);
    }
    if ($time === 'after') {
        (new Arena($directory))->restrict();
    }
    if ($time !== 'warm') {
        $outcomes = $take($job);
        foreach ($alone as $name) {
            try {
                $outcomes += $take(['names' => [$name], 'alone' => true] + $job);
            } catch (FfiZts\Exception | RuntimeException $e) {
                $outcomes += [$name => 'refused: ' . $e->getMessage()];
            }
        }
    }
} catch (Throwable $e) {
    $error = $e::class . ': ' . $e->getMessage();
}
echo "\n", json_encode(['names' => $job['names'], 'nest' => array_values($job['nest'] ?? ['it']), 'alone' => $alone, 'outcomes' => $outcomes, 'error' => $error], JSON_INVALID_UTF8_SUBSTITUTE), "\n";
