<?php

declare(strict_types=1);

/*
 * The process ends while runtimes are busy, in the way that the second argument says.
 *
 *   php busy.php PARALLEL.SO exit|shutdown|cancel|exception TASK
 */

[, $extension, $way, $task] = $argv;
$vm = FfiZts::boot(['threads' => 2, 'extensions' => ['opcache', $extension], 'ini' => ['opcache.enable' => '1', 'opcache.file_update_protection' => '0'], 'shutdown_timeout' => 3.0]);
$started = tempnam(sys_get_temp_dir(), 'ffi_zts');
$job = tempnam(sys_get_temp_dir(), 'ffi_zts');
unlink($started);
file_put_contents($job, sprintf('<?php
    for ($i = 0; $i < 3; $i++) {
        $runtimes[$i] = new parallel\Runtime();
        $futures[$i] = $runtimes[$i]->run(static function (): int { file_put_contents(%s, "."); %s return 1; });
    }
    foreach ($futures as $future) { $future->value(); }', var_export($started, true), $task));
register_shutdown_function(static function () use ($started, $job): void {
    @unlink($started);
    unlink($job);
});
$future = $vm->startScript($job);
for ($end = microtime(true) + 60; !file_exists($started) && microtime(true) < $end; clearstatcache()) {
    usleep(500);
}
switch ($way) {
    case 'exit':
        exit(9);
    case 'shutdown':
        $vm->shutdown();
        exit(9);
    case 'cancel':
        exit($future->cancel() && $vm->runScript(__DIR__ . '/runtimes.php', ['x'])->value === 2002006 ? 9 : 1);
    default:
        throw new Exception('uncaught in the host');
}
