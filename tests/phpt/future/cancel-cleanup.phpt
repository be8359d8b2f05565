--TEST--
A cancelled job runs its shutdown functions and destructors; its output so far arrives
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$future = $vm->startScript(script(<<<'PHP'
    class D { function __destruct() { file_put_contents($GLOBALS['argv'][2], "destructor\n", FILE_APPEND); } }
    $d = new D;
    register_shutdown_function(fn () => file_put_contents($GLOBALS['argv'][2], "shutdown function\n", FILE_APPEND));
    echo "output so far\n";
    touch($argv[1]);
    try { while (true); } finally { file_put_contents($argv[2], "finally\n", FILE_APPEND); }
    PHP), [tmp('started'), tmp('log')]);
started($future, tmp('started'));
var_dump($future->cancel(), $future->cancel(), $future->isDone());
echo file_get_contents(tmp('log'));
?>
--EXPECT--
output so far
bool(true)
bool(false)
bool(true)
shutdown function
destructor
