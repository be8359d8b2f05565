--TEST--
The host's memory limit ends the host's script where it is exceeded, in a wait as well
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

ended(php('
    $vm = FfiZts::boot(["threads" => 2]);
    register_shutdown_function(function () { echo "shutdown function\n"; });
    ini_set("memory_limit", "16M");
    $large = $vm->run(function () { ini_set("memory_limit", "-1"); return str_repeat("x", 20 << 20); });
    $late = $vm->run(function () { usleep(200000); return 1; });
    FfiZts\Future::awaitAll([$large, $late]);
    echo "went on\n";'));
?>
--EXPECTF--
status 255: Fatal error: Allowed memory size of 16777216 bytes exhausted%S (tried to allocate %d bytes) in {tmp}/script1.php on line %d
shutdown function
