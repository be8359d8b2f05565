--TEST--
A job's thread() and pool() check and resolve the bootstrap file as the host's do
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('inside'));
mkdir(tmp('inside/sub'));
script('function booted(): string { return basename(__FILE__); }', 'inside/file.php');
symlink(tmp('inside/file.php'), tmp('inside/link.php'));
$vm = FfiZts::boot(['threads' => 1]);
$tries = function (string $inside): array {
    $vm = FfiZts::boot();
    $said = [];
    chdir("$inside/sub");
    foreach (['/etc/passwd', '/etc/missing.php', "$inside/missing.php", $inside, "a\0b", '../file.php', "$inside/link.php"] as $file) {
        foreach ([fn () => $vm->thread($file)->run('booted'), fn () => $vm->pool(1, $file)->submit('booted')] as $open) {
            try {
                $said[] = $open()->await();
            } catch (Throwable $e) {
                $said[] = get_class($e) . ': ' . $e->getMessage();
            }
        }
    }
    return $said;
};
ini_set('open_basedir', tmp('inside') . ':' . root());
$there = $vm->run($tries, [tmp('inside')])->await();
echo plain(implode("\n", $there)), "\n";
var_dump($there === $tries(tmp('inside')));
?>
--EXPECT--
FfiZts\PolicyException: thread(): open_basedir does not allow the bootstrap file /etc/passwd
FfiZts\PolicyException: pool(): open_basedir does not allow the bootstrap file /etc/passwd
FfiZts\PolicyException: thread(): open_basedir does not allow the bootstrap file /etc/missing.php
FfiZts\PolicyException: pool(): open_basedir does not allow the bootstrap file /etc/missing.php
FfiZts\Error: thread(): the bootstrap file {tmp}/inside/missing.php cannot be read: No such file or directory
FfiZts\Error: pool(): the bootstrap file {tmp}/inside/missing.php cannot be read: No such file or directory
FfiZts\Error: thread(): the bootstrap file {tmp}/inside cannot be read: it is no file
FfiZts\Error: pool(): the bootstrap file {tmp}/inside cannot be read: it is no file
FfiZts\Error: thread(): the path of the bootstrap file contains a NUL byte
FfiZts\Error: pool(): the path of the bootstrap file contains a NUL byte
file.php
file.php
file.php
file.php
bool(true)
