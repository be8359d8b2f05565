--TEST--
The time limit that a task sets ends with the task
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$vm->run(function () { set_time_limit(1); })->await();
usleep(1200000);
var_dump($vm->run(function () { for ($i = 0, $sum = 0; $i < 100000; $i++) { $sum += $i; } return $sum; })->await());
// It is set anew for the next one, as max_execution_time says.
thrown(fn () => $vm->run(function () { while (true); })->await());
var_dump($vm->run(fn () => 'goes on')->await());
?>
--EXPECT--
int(4999950000)
FfiZts\ScriptException: Maximum execution time of 1 second exceeded
string(7) "goes on"
