--TEST--
FfiZts::scope() finds the VM by the name it was booted with
--FILE--
<?php
require __DIR__ . '/../support.inc';

$e = thrown(fn () => FfiZts::scope('app'));
var_dump($e instanceof FfiZts\Exception, $e instanceof \Error);
$vm = FfiZts::boot(['scope' => 'app', 'ini' => ['precision' => 5]]);
echo $vm->runScript(script('return ini_get("precision");'))->value, "\n";
echo FfiZts::scope('app')->runScript(script('return ini_get("precision");'))->value, "\n";
thrown(fn () => FfiZts::scope('other'));
?>
--EXPECTF--
FfiZts\Error: %s"app"%s
bool(true)
bool(true)
5
5
FfiZts\Error: %s"other"%s
