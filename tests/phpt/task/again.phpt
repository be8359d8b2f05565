--TEST--
A closure that is run again and again: with and without arguments, after a failure and in a new request; its statics start anew; scalars come back as they are
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
class C { public $v = 5; }
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script('class C { public $v = 5; }')]);
$pool = $vm->pool(1);

$bare = fn (...$all) => $all;
$named = function ($a = 1, ...$rest) { return [$a, $rest]; };
for ($i = 0; $i < 3; $i++) {
    echo json_encode([
        $vm->run($bare)->await(), $vm->run($bare, [])->await(), $vm->run($bare, [$i, 'x' => 2])->await(10),
        $vm->run($named, ['a' => $i, 'b' => [1, 2]])->await(), $pool->map(['p' => 1, 'q' => $i], $named),
    ]), "\n";
}

echo "--- statics and variables are the closure's own\n";
$counts = function () { static $n = 0; return ++$n; };
$used = fn () => $i;
$nested = function () { $inner = function () { static $n = 10; return ++$n; }; return [$inner(), $inner()]; };
$yields = function () { return iterator_to_array((function () { yield 1; yield 2; })()); };
foreach (['counts', 'used', 'nested', 'yields'] as $name) {
    echo $name, ' ', json_encode([$vm->run($$name)->await(), $vm->run($$name)->await(), $vm->run($$name)->await()]), "\n";
}

echo "--- scalars\n";
foreach ([null, false, true, 0, PHP_INT_MIN, -0.0, INF, NAN, 0.1, '', 'text', []] as $value) {
    $same = static fn ($value) => $value;
    $by_reference = static function &($value) { return $value; };
    foreach ([$same, $same, $by_reference, $by_reference] as $task) {
        $back = $vm->run($task, [$value])->await();
        if (var_export($back, true) !== var_export($value, true)) {
            echo 'another value: ', var_export($value, true), ' ', var_export($back, true), "\n";
        }
    }
}
$nothing = function () {};
var_dump($vm->run($nothing)->await(), $vm->run($nothing)->await());

echo "--- failures in between\n";
$may_fail = function ($how = '') {
    match ($how) { 'throw' => throw new LogicException('thrown'), 'exit' => exit(3), 'die' => eval('function f() {} function f() {}'), default => 0 };
    return 'well';
};
foreach (['throw', 'exit', 'die', 'refused'] as $how) {
    $arguments = $how === 'refused' ? [new WeakMap()] : [$how];
    thrown(fn () => $vm->run($may_fail, $arguments)->await());
    echo $vm->run($may_fail)->await(), ' ', $vm->run($may_fail, ['no'])->await(), "\n";
}

echo "--- the same code with another scope and \$this\n";
$who = function () {
    try {
        return self::class . (isset($this) ? $this->v : '');
    } catch (Error $e) {
        return 'no class';
    }
};
foreach ([$who, $who, Closure::bind($who, new C, C::class), $who, Closure::bind($who, null, C::class), $who] as $task) {
    echo $vm->run($task)->await(), "\n";
}
?>
--EXPECTF--
[[],[],{"0":0,"x":2},[0,{"b":[1,2]}],{"p":[1,[]],"q":[0,[]]}]
[[],[],{"0":1,"x":2},[1,{"b":[1,2]}],{"p":[1,[]],"q":[1,[]]}]
[[],[],{"0":2,"x":2},[2,{"b":[1,2]}],{"p":[1,[]],"q":[2,[]]}]
--- statics and variables are the closure's own
counts [1,1,1]
used [3,3,3]
nested [[11,12],[11,12],[11,12]]
yields [[1,2],[1,2],[1,2]]
--- scalars
NULL
NULL
--- failures in between
LogicException: thrown
well well
FfiZts\ScriptException: the task called exit(3)
well well
FfiZts\ScriptException: Cannot redeclare %Sf() (previously declared in %s)
well well
FfiZts\TransferException: argument $args[0]: WeakMap cannot cross to another thread
well well
--- the same code with another scope and $this
no class
no class
C5
no class
C
no class
