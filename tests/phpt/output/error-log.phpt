--TEST--
Log lines of a job reach the host's log, written by the host's thread
--FILE--
<?php
require __DIR__ . '/../support.inc';

ini_set('log_errors', '1');
ini_set('error_log', tmp('log'));
$vm = FfiZts::boot(['ini' => ['log_errors' => 1, 'display_errors' => 0]]);
$vm->runScript(script('error_log("a line from the guest"); echo $undefined; error_log("to a file\n", 3, $argv[1]);'), [tmp('own')]);
echo preg_replace('/^\[.*?\] /m', '', plain(file_get_contents(tmp('log'))));
echo file_get_contents(tmp('own'));
?>
--EXPECTF--
a line from the guest
PHP Warning:  Undefined variable $undefined in {tmp}/script1.php on line 2
to a file
