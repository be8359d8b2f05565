--TEST--
stop_timeout: what a task over its limit is given to end; one in a call that cannot be interrupted is lost then, and its waiter is told of the limit
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'stop_timeout' => 0.2, 'shutdown_timeout' => 0.1]);
$hash = static function () { while (true) password_hash('secret', PASSWORD_BCRYPT, ['cost' => 16]); };
try {
    $vm->run($hash, timeout: 0.1)->await(60);
} catch (FfiZts\TimeoutException $told) {
    echo strstr($told->getMessage(), ' (', true), "\n";
}
echo $vm->run(fn () => 'another worker serves')->await(60), "\n";
?>
--EXPECT--
the job ran longer than its limit of 0.1 s, did not stop and is lost; its thread ends when its call returns
another worker serves
