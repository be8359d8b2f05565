--TEST--
Warnings and notices of a job appear as the host displays them, in its output; error handlers of the job run
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot();
ob_start();
$vm->runScript(script('echo $undefined;
echo [][1];
trigger_error("mine", E_USER_WARNING);
trigger_error("old", E_USER_DEPRECATED);
set_error_handler(function ($type, $message) { echo "handler: $message\n"; return true; });
echo $again;
echo @$silent;
return error_get_last();'));
echo plain(ob_get_clean());
?>
--EXPECTF--

Warning: Undefined variable $undefined in {tmp}/script1.php on line 2

Warning: Undefined array key 1 in {tmp}/script1.php on line 3

Warning: mine in {tmp}/script1.php on line 4

Deprecated: old in {tmp}/script1.php on line 5
handler: Undefined variable $again
handler: Undefined variable $silent
