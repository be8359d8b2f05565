--TEST--
Every number is an exit status: that of a failed start is not mistaken for it
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
foreach ([-1, 0, 255, 256, -5, PHP_INT_MAX] as $status) {
    thrown(fn () => $vm->run(fn () => exit($status))->await());
    $file = script("exit($status);");
    var_dump($vm->runScript($file)->exitCode, $vm->startScript($file)->await()->exitCode);
}
try {
    $vm->run(fn () => exit(-1))->await();
} catch (FfiZts\ScriptException $exception) {
    var_dump($exception->getCode());
}
var_dump($vm->run(fn () => 7)->await());
?>
--EXPECT--
FfiZts\ScriptException: the task called exit(-1)
int(-1)
int(-1)
FfiZts\ScriptException: the task called exit(0)
int(0)
int(0)
FfiZts\ScriptException: the task called exit(255)
int(255)
int(255)
FfiZts\ScriptException: the task called exit(256)
int(256)
int(256)
FfiZts\ScriptException: the task called exit(-5)
int(-5)
int(-5)
FfiZts\ScriptException: the task called exit(-1)
int(-1)
int(-1)
int(-1)
int(7)
