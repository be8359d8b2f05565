--TEST--
Closures of every kind answer on a worker as they do here
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

Probe::start();
$vm = FfiZts::boot(['bootstrap' => __DIR__ . '/world.inc', 'threads' => 2]);
compare($vm);
compare($vm); // whose code is there already
$vm->shutdown();
Probe::assertSame();
?>
--EXPECT--
same
same
same
