--TEST--
Between two minors of PHP a closure's code does not cross, and what is called by name does
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (!other_minor()) die('skip host and guest are of one minor');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

$vm = FfiZts::boot(['bootstrap' => __DIR__ . '/world.inc']);
thrown(fn () => $vm->run(fn () => 1)->await());
thrown(fn () => $vm->run(strrev(...), [fn () => 1])->await());
thrown(fn () => $vm->runScript(script('return function () {};')));
echo $vm->run(strrev(...), ['abc'])->await(), ' ', $vm->run('FfiZts\Test\Closures\Child::kind')->await(), "\n";
$channel = new FfiZts\Channel(1);
$channel->send(fn (int $n) => $n + 1); // within one side
echo $channel->recv()(1), "\n";
?>
--EXPECTF--
FfiZts\TransferException: closures cross only between the same PHP minor (host %d.%d, guest %d.%d): pass a named callable or a script
FfiZts\TransferException: closures cross only between the same PHP minor (host %d.%d, guest %d.%d): pass a named callable or a script
FfiZts\TransferException: closures cross only between the same PHP minor (guest %d.%d, host %d.%d): pass a named callable or a script
cba child
2
