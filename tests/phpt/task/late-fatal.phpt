--TEST--
A fatal error, or an exception, at the end of the request that tasks share is logged
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'ini' => ['display_errors' => '0', 'log_errors' => '1']]);
ini_set('error_log', tmp('log'));
$vm->run(function () {
    register_shutdown_function(function () { throw new Exception('of the shutdown function'); });
    eval('class Late { static $one; function __destruct() { trigger_error("of the destructor", E_USER_ERROR); } }');
    Late::$one = new Late();
})->await();
$vm->runScript(script('')); // a request of its own
$log = file_get_contents(tmp('log'));
var_dump(str_contains($log, 'of the shutdown function'), str_contains($log, 'of the destructor'));
?>
--EXPECT--
bool(true)
bool(true)
