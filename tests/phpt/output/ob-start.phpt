--TEST--
Hazard 15: output goes through the host's output layer: ob_start() sees it, in order with the host's own
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot();
echo "host 1\n";
$vm->runScript(script('echo "guest 1\n"; print "guest 2\n"; printf("%s\n", "guest 3"); fwrite(fopen("php://output", "w"), "guest 4\n"); ?>inline
<?php ob_start(); echo "buffered\n"; flush(); ob_flush(); echo "dropped\n"; ob_clean(); echo "kept\n";'));
echo "host 2\n";
ob_start();
$vm->runScript(script('echo "captured"; print_r([1]); var_dump(1.5); echo str_repeat("x", 100000);'));
$captured = ob_get_clean();
echo strlen($captured), ' ', md5($captured) === md5("captured" . print_r([1], true) . "float(1.5)\n" . str_repeat('x', 100000)) ? "exact\n" : "differs\n";
// Nested buffers and handlers of the host.
ob_start(fn ($text) => strrev($text));
ob_start(fn ($text) => strtoupper($text));
$vm->runScript(script('echo "abc";'));
ob_end_flush();
ob_end_flush();
echo "\n";
// Every byte.
ob_start();
$vm->runScript(script('for ($i = 0; $i < 256; $i++) echo chr($i); echo "\0\0";'));
echo ob_get_clean() === implode('', array_map(chr(...), range(0, 255))) . "\0\0" ? "binary safe\n" : "bytes differ\n";
// Together with an exception: what was written before comes first.
try {
    $vm->runScript(script('echo "before the exception\n"; throw new Exception("after the output");'));
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
host 1
guest 1
guest 2
guest 3
guest 4
inline
buffered
kept
host 2
100042 exact
CBA
binary safe
before the exception
after the output
