--TEST--
Methods and $this of classes that are others on the receiving side are refused, not called without what they rely on
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

class Turned { static function plain() { return 1; } function hidden() { return 2; } }
class Kept extends ArrayObject { function __serialize(): array { return [1]; } function __unserialize(array $state): void { } function inner() { return fn () => parent::count(); } }
class Other { public $value = 3; function own() { return fn () => $this->value; } }
class Sub extends Other { }
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script(<<<'PHP'
    abstract class Turned { public $value = 1; function plain() { return $this->value; } abstract function hidden(); }
    class Kept { function __serialize(): array { return [1]; } function __unserialize(array $state): void { } }
    class Other { public $value = 3; }
    class Sub { public $value = 4; }
    PHP)]);
$kept = new Kept([1, 2, 3]);
foreach ([Turned::plain(...), $kept->count(...), $kept->offsetGet(...), (new Sub())->own(), (new Other())->own(), Closure::bind(fn () => $this->value, new Sub())] as $task) {
    try {
        var_dump($vm->run($task, $task == $kept->offsetGet(...) ? [0] : [])->await());
    } catch (FfiZts\TransferException $e) {
        echo plain($e->getMessage()), "\n";
    }
}
?>
--EXPECT--
method Turned::plain() is an instance's here, and was not so where the closure comes from
Kept, of which the closure has its $this, is no ArrayObject here
Kept, of which the closure has its $this, is no ArrayObject here
Sub, of which the closure has its $this, is no Other here
int(3)
int(3)
