--TEST--
Closures within a value: one stays one, cycles stay cycles, $this is the object beside it
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';
require __DIR__ . '/world.inc';

use FfiZts\Test\Closures\Child;

/** There and back within this thread, and within a worker. */
function both(mixed $value, Closure $test): void
{
    static $vm;
    $vm ??= FfiZts::boot(['bootstrap' => __DIR__ . '/world.inc']);
    $channel = new FfiZts\Channel(1);
    $channel->send($value);
    echo json_encode($test($channel->recv())), ' ', json_encode($vm->run($test, [$value])->await()), "\n";
}

$f = fn () => 1;
both([$f, $f, clone $f, 'k' => [$f]], fn (array $v) => [$v[0] === $v[1], $v[0] === $v['k'][0], $v[0] === $v[2], $v[2]()]);

$child = new Child(5);
both([$child->counting(), $child, $child->counting(), $child->name(...)], function (array $v) {
    $v[0](1);
    $v[2](2);
    return [$v[1]->log, $v[3]()];
});

$o = new stdClass();
$o->f = Closure::bind(function () {
    return $this->f === $this->g && $this->o === $this;
}, $o, null);
$o->g = $o->f;
$o->o = $o;
both($o->f, fn (Closure $f) => $f());
both($o, fn (stdClass $o) => ($o->g)());

$child = new Child(6);
$child->log['name'] = $child->name(...);
$child->log['magic'] = Closure::fromCallable([new Child(3), 'magic']);
both($child->log['name'], fn (Closure $f) => [$f(), (new ReflectionFunction($f))->getClosureThis()->log['name'] === $f,
    (new ReflectionFunction($f))->getClosureThis()->log['magic'](4)]);

$self = function () {
    static $me = null, $calls = 0;
    $me ??= $GLOBALS['self'];
    return [++$calls, $me === $GLOBALS['self']];
};
$self();
both($self, function (Closure $f) {
    $GLOBALS['self'] = $f;
    return [$f(), $f()];
});

/* A copy is a copy: neither side's statics are the other's. */
$counter = function () {
    static $n = 0;
    return ++$n;
};
$counter();
both($counter, fn (Closure $f) => [$f(), $f()]);
echo $counter(), "\n";

/* There and back again, through both halves, is still the same code. */
$vm = FfiZts::boot(['bootstrap' => __DIR__ . '/world.inc']);
$x = 4;
$made = $vm->run(fn (int $by) => function (int $n) use ($by, $x) {
    static $calls = 10;
    return [$n * $by + $x, ++$calls, strrev('ab'), __LINE__];
}, [3])->await();
echo json_encode([$made(2), $made(3), $vm->run($made, [5])->await(), $vm->run($vm->run(fn () => $made)->await(), [6])->await()]), "\n";
echo json_encode($vm->run(fn () => [strlen(...), Child::kind(...), (new Child(8))->name(...)])->await()[2]()), "\n";
?>
--EXPECT--
[true,true,false,1] [true,true,false,1]
[[1,2],"child 5"] [[1,2],"child 5"]
true true
true true
["child 6",true,"magic(4) of 3"] ["child 6",true,"magic(4) of 3"]
[[2,true],[3,true]] [[2,true],[3,true]]
[2,3] [2,3]
2
[[10,11,"ba",67],[13,12,"ba",67],[19,13,"ba",67],[22,13,"ba",67]]
"child 8"
