--TEST--
Composer's autoloader of the host is the bootstrap file of tasks where none is named; a failing bootstrap fails the task
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('vendor'));
file_put_contents(tmp('vendor/autoload.php'), '<?php spl_autoload_register(function (string $class): void { eval("final class $class { public int \$n = 1; public static function name(): string { return self::class; } }"); });');
$vm = FfiZts::boot(['threads' => 1]);
thrown(fn () => $vm->run('Found::name')->await());
require tmp('vendor/autoload.php');
echo $vm->run('Found::name')->await(), "\n";
var_dump($vm->run(fn () => new Found())->await());
thrown(fn () => $vm->thread(tmp('missing.php')));
$broken = $vm->thread(script('throw new DomainException("bootstrap failed");'));
thrown(fn () => $broken->run('abs', [1])->await());
thrown(fn () => $broken->run('abs', [1])->await());
$broken->close();
$fatal = $vm->thread(script('no code at all'));
thrown(fn () => $fatal->run('abs', [1])->await());
?>
--EXPECTF--
FfiZts\TransferException: Found::name cannot be called here: class "Found" not found
Found
object(Found)#%d (1) {
  ["n"]=>
  int(1)
}
FfiZts\Error: thread(): the bootstrap file {tmp}/missing.php cannot be read: %s
DomainException: bootstrap failed
DomainException: bootstrap failed
ParseError: syntax error, unexpected identifier "code"
