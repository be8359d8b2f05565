--TEST--
A guest is thread-safe, of its own version, in the same process on another thread
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$result = FfiZts::boot()->runScript(script(<<<'PHP'
    return [(int) PHP_ZTS, PHP_VERSION_ID, getmypid(), PHP_SAPI, (int) PHP_DEBUG, (int) basename(readlink('/proc/thread-self'))];
    PHP));
[$zts, $version, $pid, $sapi, $debug, $tid] = $result->value;
var_dump((int) PHP_ZTS, $zts, $version === runtime_version_id(), $pid === getmypid(), $sapi, $debug, $tid !== getmypid());
var_dump($result->exitCode, $result->duration > 0 && $result->duration < 60);
Probe::assertSame();
?>
--EXPECT--
int(0)
int(1)
bool(true)
bool(true)
string(7) "ffi-zts"
int(0)
bool(true)
int(0)
bool(true)
same
