<?php

declare(strict_types=1);

/*
 * An install in a process of its own, which ends or waits where a test wants it:
 *
 *   php install-child.php PACKAGE STORE CACHE PHP [kill|wait STEP FILE|build]
 *
 * `build` builds; `kill` ends it by SIGKILL at that step; `wait` makes FILE there, and goes on when FILE is gone.
 */

require __DIR__ . '/../bootstrap.php';

use FfiZts\Bundle\Installer;
use FfiZts\Bundle\InstallRequest;
use FfiZts\Bundle\Place;
use FfiZts\Tests\Bundle\Hosts;
use FfiZts\Tests\Bundle\RecordingReporter;

[, $package, $store, $cache, $php] = $argv;
[$what, $at, $file] = array_slice($argv, 5) + [null, null, null];
$reporter = new RecordingReporter(static function (string $step) use ($what, $at, $file): void {
    if ($step !== $at) {
        return;
    }
    if ($what === 'kill') {
        exec('kill -9 ' . getmypid());
    }
    touch($file);
    while (is_file($file)) {
        usleep(1000);
        clearstatcache();
    }
});
$place = new Place($package);
$request = $what === 'build' ? new InstallRequest($place, build: true) : new InstallRequest($place, dir: $store, cache: $cache);
$status = (new Installer($request, Hosts::host(binary: $php), $reporter, null))->run();
echo json_encode(['lines' => $reporter->lines, 'warnings' => $reporter->warnings, 'details' => $reporter->details, 'steps' => $reporter->steps]);
exit($status->value);
