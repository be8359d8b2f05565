--TEST--
An exception of a task is thrown at its caller, also where a bootstrap file has set an exception handler
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script('set_exception_handler(function ($e) { echo "handled\n"; }); class Failing { function __destruct() { throw new LogicException("of a destructor"); } }')]);
thrown(fn () => $vm->run(function () { throw new DomainException('of the task'); })->await());
thrown(fn () => $vm->run(function () { new Failing(); })->await());
thrown(fn () => $vm->pool(1)->map([1], function () { throw new DomainException('of an item'); }));
?>
--EXPECT--
DomainException: of the task
LogicException: of a destructor
DomainException: of an item
