--TEST--
An object whose __serialize() returns an empty array arrives, and its __unserialize() is called
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$class = 'class State { public $given = "nothing"; public array $state = []; function __serialize(): array { return $this->state; } function __unserialize(array $state): void { $this->given = $this->state = $state; } }';
eval($class);
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script($class)]);
[$one, $two] = $vm->run(fn ($one, $two) => [$one, $two], [new State(), new State()])->await();
var_dump($one->given, $two->given, $one === $two);
$full = new State();
$full->state = ['a' => 1];
[$one, $state, $two] = $vm->run(fn ($values) => $values, [[$full, $full->state, $full]])->await();
var_dump($one->given === ['a' => 1], $state === ['a' => 1], $one === $two);
?>
--EXPECT--
array(0) {
}
array(0) {
}
bool(false)
bool(true)
bool(true)
bool(true)
