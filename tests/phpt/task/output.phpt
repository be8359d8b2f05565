--TEST--
Output of tasks reaches the host in order; a buffer that a task leaves open is flushed; echo beside an error
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$vm->run(function () { echo 'a'; ob_start(); echo 'b'; ob_start(); echo 'c'; })->await();
$vm->run(function () { echo "d\n"; })->await();
ob_start();
$vm->run(function () { echo str_repeat('x', 3 << 20); })->await();
echo strlen(ob_get_clean()), "\n";
try { $vm->run(function () { echo 'before '; throw new Exception('thrown'); })->await(); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
// The host's opcache would fold a plain call.
$vm->run(function () { fwrite(STDERR, ''); printf("%s\n", (new ReflectionFunction('php_sapi_name'))->invoke()); })->await();
$f = $vm->run(function () { echo "delivered by isDone()\n"; });
while (!$f->isDone()) { usleep(100); }
echo "end\n";
?>
--EXPECT--
abcd
3145728
before thrown
ffi-zts
delivered by isDone()
end
