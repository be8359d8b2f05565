<?php

/*
 * Measures each figure of docs/performance.md in processes of its own, and prints it beside its target.
 *
 *     scripts/bench.sh [--peer DIR] [--json FILE] [--only NAME,…] [--runtime DIR]
 *
 *     --peer DIR      a checkout of https://github.com/sj-i/ffi-zts to compare with (else FFI_ZTS_PEER)
 *     --json FILE     also writes every figure with all of its samples
 *     --only NAME,…   of: startup boot script workers output zend memory idle
 *     --runtime DIR   another runtime than the one beside the extension
 */

declare(strict_types=1);

namespace FfiZts\Bench;

foreach (['Child', 'Figure', 'Meter', 'Peer', 'Report', 'Bench'] as $class) {
    require __DIR__ . "/lib/$class.php";
}

const FIGURES = ['startup', 'boot', 'script', 'workers', 'output', 'zend', 'memory', 'idle'];

/** @return array{peer: string, json: string, only: list<string>, runtime: string} */
function options(): array
{
    $rest = 0;
    $given = getopt('', ['peer:', 'json:', 'only:', 'runtime:'], $rest);
    $unknown = array_slice($_SERVER['argv'], $rest);
    $only = isset($given['only']) ? explode(',', (string) $given['only']) : FIGURES;
    foreach ([...$unknown, ...array_diff($only, FIGURES)] as $word) {
        fwrite(STDERR, "bench: unknown argument $word\n");
        exit(2);
    }
    return [
        'peer' => (string) ($given['peer'] ?? getenv('FFI_ZTS_PEER') ?: ''),
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
$bench = new Bench(new Child($extension, $options['runtime']), $peer, $runtime);
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
