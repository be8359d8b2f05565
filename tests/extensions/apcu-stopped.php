<?php

declare(strict_types=1);

/**
 * apcu_entry() calls its generator with the cache's lock held: a job that is cancelled there must let go of it.
 *
 *   php -d extension=ffi_zts.so apcu-stopped.php DIRECTORY JIT
 */
require __DIR__ . '/opcache.inc';

[, $directory, $jit] = $argv;
file_put_contents("$directory/stuck.php", '<?php
    apcu_entry("stuck", function () use ($argv) {
        touch($argv[1]);
        for (;;);
    });');
file_put_contents("$directory/other.php", '<?php return [apcu_store("other", 1), apcu_fetch("other"), apcu_exists("stuck"), apcu_entry("stuck", fn () => 2)];');
$vm = FfiZts::boot(['threads' => 2, 'shutdown_timeout' => 20.0, 'extensions' => [...opcache_extension($jit), 'apcu'],
    'ini' => ['apc.enable_cli' => '1'] + opcache_settings($jit)]);

$stuck = $vm->startScript("$directory/stuck.php", ["$directory/started"]);
for ($end = microtime(true) + 60; !file_exists("$directory/started"); clearstatcache()) {
    if (microtime(true) > $end) {
        exit("the job did not start\n");
    }
    usleep(1000);
}
$other = $vm->startScript("$directory/other.php");
echo $stuck->cancel() ? '' : "not stopped\n";
$value = $other->await(60)->value;
echo $value === [true, 1, false, 2] ? "ok\n" : json_encode($value) . "\n";
