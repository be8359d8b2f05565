--TEST--
A bootstrap file of a thread or pool outside of open_basedir is refused, whether or not it exists
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('inside'));
$inside = script('', 'inside/file.php');
$vm = FfiZts::boot(['threads' => 1]);
ini_set('open_basedir', tmp('inside') . ':' . root());
thrown(fn () => $vm->thread('/etc/passwd'));
thrown(fn () => $vm->pool(1, '/etc/missing.php'));
thrown(fn () => $vm->thread(dirname($inside) . '/missing.php'));
echo get_class($vm->thread($inside)), "\n";
?>
--EXPECT--
FfiZts\PolicyException: thread(): open_basedir does not allow the bootstrap file /etc/passwd
FfiZts\PolicyException: pool(): open_basedir does not allow the bootstrap file /etc/missing.php
FfiZts\Error: thread(): the bootstrap file {tmp}/inside/missing.php cannot be read: No such file or directory
FfiZts\Thread
