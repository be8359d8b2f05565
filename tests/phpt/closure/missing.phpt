--TEST--
What a closure needs and a worker does not know is told by name, where the answer is awaited
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';
require __DIR__ . '/world.inc';

use FfiZts\Test\Closures\{Base, Child, Suit};
use function FfiZts\Test\Closures\doubled;

$vm = FfiZts::boot();
$missing = function (callable $task, array $arguments = []) use ($vm) {
    thrown(fn () => $vm->run($task, $arguments)->await());
};
$missing(doubled(...), [1]);
$missing('FfiZts\Test\Closures\doubled', [1]);
$missing(Child::kind(...));
$missing([Child::class, 'kind']);
$missing((new Child())->name(...));
$missing((new Child())->peek());
$missing(Closure::bind(fn () => 1, null, Base::class));
$missing(Suit::Hearts->label(...));
$missing((new class {
    public function make(): Closure
    {
        return fn () => 1;
    }
})->make());
$missing(fn () => doubled(1));
$missing(fn () => \FfiZts\Test\Closures\Doubled(1));
$missing(fn () => new Child());
$missing(fn (Child $c = new Child()) => 1);
$missing(fn (int $a = \FfiZts\Test\Closures\NOWHERE) => $a);
$missing(fn () => Child::KIND ?? 1);
$missing('strlen', [fn () => 1]);
$missing(array_map(...), [[1]]);
?>
--EXPECTF--
FfiZts\TransferException: function FfiZts\Test\Closures\doubled() is not known here: let the worker load the file that declares it
FfiZts\TransferException: FfiZts\Test\Closures\doubled cannot be called here: function "FfiZts\Test\Closures\doubled" not found or invalid function name
FfiZts\TransferException: class FfiZts\Test\Closures\Base, the scope of the closure, is not known here: let the worker load the file that declares it
FfiZts\TransferException: FfiZts\Test\Closures\Child::kind cannot be called here: class "FfiZts\Test\Closures\Child" not found
FfiZts\TransferException: class FfiZts\Test\Closures\Child, the scope of the closure, is not known here: let the worker load the file that declares it
FfiZts\TransferException: class FfiZts\Test\Closures\Base, the scope of the closure, is not known here: let the worker load the file that declares it
FfiZts\TransferException: class FfiZts\Test\Closures\Base, the scope of the closure, is not known here: let the worker load the file that declares it
FfiZts\TransferException: class FfiZts\Test\Closures\Suit, the scope of the closure, is not known here: let the worker load the file that declares it
FfiZts\TransferException: argument $task $this: class@anonymous cannot cross to another thread
Error: Call to undefined function FfiZts\Test\Closures\doubled()
Error: Call to undefined function FfiZts\Test\Closures\Doubled()
Error: Class "FfiZts\Test\Closures\Child" not found
Error: Class "FfiZts\Test\Closures\Child" not found
Error: Undefined constant "FfiZts\Test\Closures\NOWHERE"
Error: Class "FfiZts\Test\Closures\Child" not found
TypeError: strlen(): Argument #1 ($string) must be of type string, Closure given
ArgumentCountError: array_map() expects at least 2 arguments, 1 given
