--TEST--
Hazard 4: resets, invalidation, changing files and a full memory under four workers: no crash, no wrong result
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['tracing', 'disable'] as $jit) {
    $process = run([...php_command(), root() . '/tests/soak/opcache.php', '3', $jit], 100);
    echo preg_match('/(\d+) stamps.*restarts: (\d+) \((\d+) by reset.* 0 wrong$/', trim($process['out']), $m) && $m[1] > 0 && $m[3] > 0
        ? "status {$process['status']}: well\n" : var_export($process, true);
}
?>
--EXPECT--
status 0: well
status 0: well
