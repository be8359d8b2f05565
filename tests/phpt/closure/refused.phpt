--TEST--
What a closure may not contain is refused where it is sent, with its place
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

$vm = FfiZts::boot();
$refused = function (Closure $closure) use ($vm) {
    thrown(fn () => $vm->run($closure));
};
$x = 1;
$refused(function () use (&$x) {
});
$refused(function () {
    return new class {
    };
});
$refused(function () {
    if (time()) {
        class DeclaredInside
        {
        }
    }
});
$refused(function () {
    function declared_inside()
    {
    }
});
$refused(function () {
    return function () {
        return new class {
        };
    };
});
$generator = (fn () => yield 1)();
$refused(fn () => $generator);
$refused(function () use ($generator) {
});
$counting = function () {
    static $kept = [];
    $kept['deep'] = $GLOBALS['generator'];
};
$counting();
$refused($counting);
$refused(Closure::bind(function () {
}, new ArrayIterator([$generator])));
$refused(Closure::bind(function () {
}, (object) ['g' => $generator]));
thrown(fn () => $vm->run('strlen', [fn () => [$generator]]));
thrown(fn () => $vm->run('strlen', ['a' => ['b' => [fn () => fn () => $generator]]]));
thrown(fn () => $vm->run($generator->current(...)));
echo json_encode($vm->run(function () use ($x) { // the references are inside
    $y = $x;
    (function () use (&$y) {
        $y++;
    })();
    return $y;
})->await());
?>
--EXPECTF--
FfiZts\TransferException: argument $task: the closure in %s/closure/refused.php:9 uses $x by reference, which cannot cross: use it by value, or a Channel
FfiZts\TransferException: argument $task: the closure in %s/closure/refused.php:12 declares an anonymous class, which cannot cross: let the worker load a file that declares a class
FfiZts\TransferException: argument $task: the closure in %s/closure/refused.php:17 declares the class declaredinside, which cannot cross: let the worker load a file that declares it
FfiZts\TransferException: argument $task: the closure in %s/closure/refused.php:23 declares the function declared_inside(), which cannot cross: let the worker load a file that declares it
FfiZts\TransferException: argument $task: the closure in %s/closure/refused.php:29 declares an anonymous class, which cannot cross: let the worker load a file that declares a class
FfiZts\TransferException: argument $task use ($generator): Generator cannot cross to another thread
FfiZts\TransferException: argument $task use ($generator): Generator cannot cross to another thread
FfiZts\TransferException: argument $task static $kept['deep']: Generator cannot cross to another thread
FfiZts\TransferException: argument $task $this[1][0]: Generator cannot cross to another thread
FfiZts\TransferException: argument $task $this->g: Generator cannot cross to another thread
FfiZts\TransferException: argument $args[0] use ($generator): Generator cannot cross to another thread
FfiZts\TransferException: argument $args['a']['b'][0] use ($generator): Generator cannot cross to another thread
FfiZts\TransferException: argument $task $this: Generator cannot cross to another thread
2
