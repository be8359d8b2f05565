--TEST--
Tasks share a request: statics, functions and connections stay; it begins anew after exit, a fatal error, and when a restriction of the host changes
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script('function counter(): int { static $n = 0; return ++$n; } $GLOBALS["booted"] = microtime(true);')]);
$count = fn () => $vm->run('counter')->await();
echo $count(), $count(), $count(), "\n";
try { $vm->run(function () { exit; })->await(); } catch (FfiZts\ScriptException) { }
echo $count(), $count(), "\n";
try { $vm->run(function () { @trigger_error('x', E_USER_ERROR); })->await(); } catch (FfiZts\ScriptException) { }
echo $count(), $count(), "\n";
try { $vm->run(function () { throw new Exception(); })->await(); } catch (Exception) { }
echo $count(), "\n";
// A script is a request of its own.
$vm->runScript(script('echo function_exists("counter") ? "there" : "not there", "\n";'));
echo $count(), "\n";
$directory = tmp();
$read = fn (string $file) => $vm->run(fn ($file) => @file_get_contents($file) !== false, [$file])->await();
var_dump($read('/etc/passwd'));
echo $count(), "\n";
ini_set('open_basedir', $directory . ':' . root());
var_dump($read('/etc/passwd'));
echo $count(), "\n";
// The host's environment is no restriction: the request follows.
$other = $vm->thread();
putenv('FFI_ZTS_TEST=1');
var_dump($other->run('getenv', ['FFI_ZTS_TEST'])->await());
$other->close();
?>
--EXPECT--
123
12
12
3
not there
1
bool(true)
2
bool(false)
1
string(1) "1"
