--TEST--
Values: references of which two cross stay references, as with serialize(); any other becomes a value
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/classes.inc';

$classes = script('final class Pair { public int $a = 1; public int $b = 2; public ?array $list = null; protected mixed $c = null; public float $f = 1.5;
    function tie(): static { $this->b = &$this->a; $this->c = &$this->a; return $this; } function c(): mixed { return $this->c; } }
    class Slept { public $a; public $b; private $c; function __construct() { $this->a = [1]; $this->b = &$this->a; $this->c = &$this->a; }
    function __sleep() { return ["a", "b"]; } function __wakeup() { $this->a[] = "woken"; } }
    class Stateful { public $a = 1; public $b; function __construct() { $this->b = &$this->a; } function __serialize(): array { return ["a" => &$this->a, "b" => &$this->b]; }
    function __unserialize(array $state): void { $this->a = &$state["a"]; $this->b = &$state["b"]; } }
    final class Other { public ?Pair $pair = null; public string $text = "t"; }', 'classes.php');
require $classes;
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $classes]);
/** What serialize() makes of it, on both sides and after both ways. */
$crosses = function (string $name, mixed $value) use ($vm): mixed {
    $text = serialize($value);
    $there = $vm->run(fn ($value) => serialize($value), [$value])->await();
    $back = $vm->run(fn ($value) => $value, [$value])->await();
    $by = serialize(unserialize($text));
    echo $name, ': ', $there === $by ? 'the same' : "there $there, here $by", ', ', serialize($back) === $by ? 'and back' : 'back ' . serialize($back), "\n";
    return $back;
};
$pair = $crosses('properties', (new Pair())->tie());
$pair->a = 7;
var_dump($pair->b, $pair->c());
try {
    $pair->b = 'text'; // its type is that of all of them
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
$value = (object) ['x' => 1];
$value->y = &$value->x;
$value->z = &$value->x;
$value = $crosses('dynamic properties', $value);
$value->y = 'changed';
var_dump($value->x);
$array = ['a' => 1, 'b' => [2, 3]];
$array['c'] = &$array['b'][0];
$array['d'] = &$array['a'];
$array = $crosses('elements', $array);
$array['c'] = 'changed';
var_dump($array['b'][0]);
$object = new stdClass();
$object->list = [1, 2];
$object->first = &$object->list[0];
$object->whole = &$object->list;
$crosses('property, element and list', $object);
$lone = [1, 2];
foreach ($lone as &$element) {
}
unset($element);
$outside = 1;
$lone['x'] = &$outside;
$there = $vm->run(function (array $lone) { $copy = $lone; foreach ($copy as $k => $v) $copy[$k] = 'changed'; return ReflectionReference::fromArrayElement($lone, 'x') === null ? $lone : 'a reference'; }, [$lone])->await();
var_dump($there === $lone);
$across = [(new Pair())->tie(), new Pair()];
$across[1]->a = &$across[0]->b;
$across[1]->list = [&$across[0]->a];
$crosses('between objects', $across);
$back = $crosses('__sleep() and __wakeup()', new stdClass());
$slept = $vm->run(fn (Slept $s) => [$s->a, $s->b], [new Slept()])->await();
echo json_encode($slept), "\n";
$state = $vm->run(function (Stateful $s) { $s->a = 'changed'; return $s->b; }, [new Stateful()])->await();
echo "__serialize(): $state\n";
$shared = new ArrayObject(['a' => 1]);
$list = $shared->getArrayCopy();
$list['b'] = &$list['a'];
$crosses('ArrayObject', new ArrayObject($list));
// An object or an array that a reference is of, while it is not complete.
$node = new stdClass();
$node->self = $node;
$node->again = &$node->self;
$crosses('to the object itself', $node);
$typed = new Pair();
$list = [$typed];
$typed->list = &$list;
$both = ['list' => &$list, 'object' => $typed];
$back = $vm->run(fn (array $both) => $both, [$both])->await();
$back['list'][] = 'more';
var_dump(count($back['object']->list), $back['list'][0] === $back['object']);
// Arguments are values, and two of them may be of one reference.
$x = 1;
var_dump($vm->run(function ($a, $b) { $a = 2; return $b; }, [&$x, &$x])->await(), $x);
var_dump($vm->run(function (&$a, &$b) { $a = 2; return $b; }, [&$x, &$x])->await(), $x);
// What does not fit its property over there, and what cannot cross, leaves nothing behind.
$other = new Other();
$other->pair = (new Pair())->tie();
$vm2 = $vm->thread(script('final class Pair { public int $a = 1; public string $b = "x"; public ?array $list = null; protected mixed $c = null; public float $f = 1.5; } final class Other { public ?Pair $pair = null; public string $text; }'));
thrown(fn () => $vm2->run(fn (Other $o) => 1, [$other])->await());
$error = new Detailed('a detail with references', [&$x, &$x, 'twice' => $other]);
try {
    $vm->thread(__DIR__ . '/classes.inc')->run(function () { $a = 1; throw new Detailed('a reference that is met first where something cannot cross', [&$a, [&$a, new WeakMap()]], 'kept'); })->await();
} catch (Detailed $e) {
    echo var_export($e->detail, true), ' ', $e->secret(), "\n";
}
try {
    $vm->thread(__DIR__ . '/classes.inc')->run(function () { $a = [1]; $e = new Detailed('one that is met again', [&$a, 'x' => &$a]); throw $e; })->await();
} catch (Detailed $e) {
    $e->detail[0][] = 2;
    echo json_encode($e->detail), "\n";
}
$weak = [&$x, [&$x, new WeakMap()]];
thrown(fn () => $vm->run('abs', [$weak]));
$vm->thread(script('class Detailed extends DomainException { public mixed $detail = null; }'))->run(fn (Throwable $e) => $e->detail, [$error])->await() === null or print("something arrived\n");
var_dump($x);
?>
--EXPECT--
properties: the same, and back
int(7)
int(7)
Cannot assign string to property Pair::$b of type int
dynamic properties: the same, and back
string(7) "changed"
elements: the same, and back
string(7) "changed"
property, element and list: the same, and back
bool(true)
between objects: the same, and back
__sleep() and __wakeup(): the same, and back
[[1,"woken"],[1,"woken"]]
__serialize(): changed
ArrayObject: the same, and back
to the object itself: the same, and back
int(2)
bool(true)
int(1)
int(1)
int(2)
int(1)
FfiZts\TransferException: Pair::$b is of another type on the receiving side, and cannot hold the int that came
NULL kept7
{"0":[1,2],"x":[1,2]}
FfiZts\TransferException: argument $args[0][1][1]: WeakMap cannot cross to another thread
int(1)
