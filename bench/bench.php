<?php

/*
 * Measures each figure of docs/performance.md in processes of its own, and prints it beside its target.
 *
 *     scripts/bench.sh [--peer DIR] [--parallel FILE] [--json FILE] [--only NAME,…] [--runtime DIR]
 *
 *     --peer DIR      a checkout of https://github.com/sj-i/ffi-zts to compare with (else FFI_ZTS_PEER)
 *     --parallel FILE pecl/parallel's parallel.so, built for the runtime's own php (else FFI_ZTS_PARALLEL; else the one that
 *                     scripts/build-extension.sh has left in the runtime)
 *     --json FILE     also writes every figure with all of its samples
 *     --only NAME,…   of: startup boot script workers output zend memory idle tasks values channels shared fresh waiting growth
 *     --runtime DIR   another runtime than the one beside the extension
 */

declare(strict_types=1);

namespace FfiZts\Bench;

foreach (['Child', 'Figure', 'Meter', 'Parallel', 'Peer', 'Plot', 'Report', 'Bench'] as $class) {
    require __DIR__ . "/lib/$class.php";
}

const FIGURES = [
    'startup', 'boot', 'script', 'workers', 'output', 'zend', 'memory', 'idle',
    'tasks', 'values', 'channels', 'shared', 'fresh', 'waiting', 'growth',
];

/** @return array{peer: string, parallel: string, json: string, only: list<string>, runtime: string} */
function options(): array
{
    $rest = 0;
    $given = getopt('', ['peer:', 'parallel:', 'json:', 'only:', 'runtime:'], $rest);
    $unknown = array_slice($_SERVER['argv'], $rest);
    $only = isset($given['only']) ? explode(',', (string) $given['only']) : FIGURES;
    foreach ([...$unknown, ...array_diff($only, FIGURES)] as $word) {
        fwrite(STDERR, "bench: unknown argument $word\n");
        exit(2);
    }
    return [
        'peer' => (string) ($given['peer'] ?? getenv('FFI_ZTS_PEER') ?: ''),
        'parallel' => (string) ($given['parallel'] ?? getenv('FFI_ZTS_PARALLEL') ?: ''),
        'json' => (string) ($given['json'] ?? ''),
        'only' => $only,
        'runtime' => (string) ($given['runtime'] ?? ''),
    ];
}

$options = options();
$root = dirname(__DIR__);
$extension = getenv('FFI_ZTS_EXTENSION') ?: "$root/build/ffi_zts.so";
$runtime = $options['runtime'] ?: dirname($extension) . '/runtime';
foreach ([$extension, "$runtime/libphp.so", "$runtime/runtime.json"] as $file) {
    if (!is_file($file)) {
        fwrite(STDERR, "bench: $file is missing; run make\n");
        exit(2);
    }
}

$peer = $options['peer'] === '' ? null : Peer::prepare($options['peer'], $runtime);
$built = "$runtime/ext/vanilla/parallel.so";
$given = $options['parallel'];
// A directory is a source tree of parallel, as it is for scripts/run-parallel.sh.
$file = is_dir($given) ? (is_file("$given/modules/parallel.so") ? "$given/modules/parallel.so" : $built) : ($given ?: $built);
$parallel = is_file($file) || $given !== '' ? Parallel::prepare($file, $runtime) : null;
$bench = new Bench(new Child($extension, $options['runtime']), $peer, $parallel, $runtime);
$report = new Report();
$report->heading($bench);
foreach ($options['only'] as $name) {
    $measure = require __DIR__ . "/figures/$name.php";
    $bench->disturbed = false;
    try {
        foreach ($measure($bench) as $figure) {
            $report->add($figure, $bench->disturbed);
        }
    } catch (Failed $failure) {
        $report->failed($name, $failure->getMessage());
    }
}
$report->summary();
if ($options['json'] !== '') {
    $report->write($options['json'], $bench);
}
exit($report->hasFailures() ? 1 : 0);
