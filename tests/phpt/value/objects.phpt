--TEST--
Values: objects keep class, properties of every kind, identity and cycles; no constructor runs
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/classes.inc';

$vm = FfiZts::boot(['bootstrap' => __DIR__ . '/classes.inc']);
$back = fn (mixed $value): mixed => $vm->run(fn (mixed $value): mixed => $value, [$value])->await();
var_dump($back((new Derived([1]))->set('protected', 'p')->set('private', 'b')->set('number', 1.5)));
var_dump($back(new Derived()));
$typed = $back((new Typed())->unset());
var_dump($typed, $typed->unset);
$object = new Dynamic();
[$object->{'0'}, $object->self, $object->{'a b'}] = ['zero', $object, [$object]];
$copy = $back($object);
var_dump($copy->{'0'}, $copy->self === $copy, $copy->{'a b'}[0] === $copy, $copy !== $object);
$one = new Base();
[$a, $b, [$c]] = $back([$one, $one, [$one]]);
var_dump($a === $b, $b === $c, $a == $one);
try {
    $back(new Derived([1]))->readonly = [];
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
// What is changed there is not changed here, and the other way round.
var_dump($vm->run(function (Base $base): Base { $base->public = 'there'; return $base; }, [$one])->await()->public, $one->public);
var_dump($vm->run(fn (): int => ++Derived::$static)->await(), Derived::$static);
var_dump($back(Suit::Hearts) === Suit::Hearts, $back([Suit::Spades, Suit::Wild]) === [Suit::Spades, Suit::Hearts]);
?>
--EXPECTF--
object(Derived)#%d (8) {
  ["public"]=>
  int(1)
  ["protected":protected]=>
  string(1) "p"
  ["private":"Base":private]=>
  string(1) "b"
  ["next"]=>
  NULL
  ["private":"Derived":private]=>
  string(7) "derived"
  ["int"]=>
  int(5)
  ["number"]=>
  float(1.5)
  ["readonly"]=>
  array(1) {
    [0]=>
    int(1)
  }
}
object(Derived)#%d (7) {
  ["public"]=>
  int(1)
  ["protected":protected]=>
  array(1) {
    [0]=>
    int(2)
  }
  ["private":"Base":private]=>
  string(4) "base"
  ["next"]=>
  NULL
  ["private":"Derived":private]=>
  string(7) "derived"
  ["int"]=>
  int(5)
  ["number"]=>
  int(5)
  ["readonly"]=>
  uninitialized(array)
}
object(Typed)#%d (1) {
  ["never"]=>
  uninitialized(int)
  ["object"]=>
  NULL
}
string(12) "__get(unset)"
string(4) "zero"
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
Cannot modify readonly property Derived::$readonly
string(5) "there"
int(1)
int(1)
int(0)
bool(true)
bool(true)
