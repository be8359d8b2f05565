--TEST--
Promise 3: exit ends the job only; its status is the result's
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot();
foreach (['exit;', 'exit(0);', 'exit(7);', 'exit(255);', 'die("a message\n");', 'exit("");',
    'function f() { exit(9); } array_map("f", [1]);', 'register_shutdown_function(fn () => exit(5)); exit(4);',
    'try { exit(6); } finally { echo "finally?\n"; }', 'class D { function __destruct() { echo "destructed\n"; } } $d = new D; exit(8);',
    'ob_start(); echo "buffered\n"; exit(3);', 'ob_start(fn ($s) => strtoupper($s)); echo "handled\n"; exit(2);'] as $code) {
    $result = $vm->runScript(script($code));
    echo $code, ' -> ', $result->exitCode, "\n";
}
echo "the host goes on\n";
?>
--EXPECT--
exit; -> 0
exit(0); -> 0
exit(7); -> 7
exit(255); -> 255
a message
die("a message\n"); -> 0
exit(""); -> 0
function f() { exit(9); } array_map("f", [1]); -> 9
register_shutdown_function(fn () => exit(5)); exit(4); -> 5
try { exit(6); } finally { echo "finally?\n"; } -> 6
destructed
class D { function __destruct() { echo "destructed\n"; } } $d = new D; exit(8); -> 8
buffered
ob_start(); echo "buffered\n"; exit(3); -> 3
HANDLED
ob_start(fn ($s) => strtoupper($s)); echo "handled\n"; exit(2); -> 2
the host goes on
