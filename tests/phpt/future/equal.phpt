--TEST--
Futures of one job are equal, others are not; no two threads or pools are
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$one = $vm->run(fn () => 1);
$two = $vm->run(fn () => 1);
var_dump($one == $one, $one == $two, in_array($two, [$one], false), array_search($two, [$one, $two]));

$again = new FfiZts\Channel(1);
$again->send($one);
$other = $again->recv();
var_dump($other === $one, $other == $one);
$one->await();
$two->await();
var_dump($one == $one, $one == $two, $other == $one, $other->await());

var_dump($vm->thread() == $vm->thread(), $vm->pool(1) == $vm->pool(1), ($pool = $vm->pool(1)) == $pool);
// In the guest, too.
var_dump($vm->run(fn () => FfiZts::boot()->run(fn () => 1) == FfiZts::boot()->run(fn () => 1))->await());
?>
--EXPECT--
bool(true)
bool(false)
bool(false)
int(1)
bool(false)
bool(true)
bool(true)
bool(false)
bool(false)
int(1)
bool(false)
bool(false)
bool(true)
bool(false)
