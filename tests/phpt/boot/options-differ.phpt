--TEST--
A booted VM is not booted again with other options; the error names them
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2, 'ini' => ['precision' => 5]]);
$vm->runScript(script(''));
thrown(fn () => FfiZts::boot(['threads' => 3, 'ini' => ['precision' => 5]]));
thrown(fn () => FfiZts::boot(['threads' => 3, 'ini' => ['precision' => 6], 'stack_size' => '1M']));
// The same again, and no options at all, are the VM.
echo FfiZts::boot(['threads' => 2, 'ini' => ['precision' => '5']])->runScript(script('return ini_get("precision");'))->value, "\n";
echo FfiZts::boot()->runScript(script('return ini_get("precision");'))->value, "\n";
?>
--EXPECTF--
FfiZts\Error: %sother options (threads)%s
FfiZts\Error: %sother options (threads, stack_size, ini)%s
5
5
