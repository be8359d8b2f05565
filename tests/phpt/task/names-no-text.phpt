--TEST--
An exception of a class below ours whose message is no string is named as any other, from what is there
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$class = script('class Odd extends FfiZts\TransferException { protected $message = [1]; }');
require $class;
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $class]);
$throws = function () {
    $odd = (new ReflectionClass(Odd::class))->newInstanceWithoutConstructor();
    (new ReflectionProperty(Exception::class, 'trace'))->setValue($odd, []); // as one that no code of a user's threw
    throw $odd;
};
try {
    $vm->run($throws)->await();
} catch (Odd $odd) {
    var_dump((new ReflectionProperty(Exception::class, 'message'))->getValue($odd));
    echo $odd->getTask(), "\n";
}
?>
--EXPECTF--
string(%d) " (task 1, closure at %snames-no-text.php:%d, on worker 1)"
task 1, closure at %snames-no-text.php:%d
