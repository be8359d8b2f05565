--TEST--
disable_classes with a class that PHP crashes without: refused, by a fatal error where nothing can be thrown
--SKIPIF--
<?php
if (PHP_VERSION_ID >= 80500) die('skip this PHP has no disable_classes');
if (ini_get('ffi_zts.runtime')) die('skip what the host disables need not be known to this guest');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$code = 'echo "begins\n";
    try {
        echo FfiZts::boot()->run("strlen", ["text"])->await(), "\n";
    } catch (FfiZts\Exception $e) {
        echo $e::class, ": ", $e->getMessage(), "\n";
    }
    echo "goes on\n";';
$ini = tmp('guest.ini');
file_put_contents($ini, "disable_classes=SplStack,Closure\n");
foreach (['Exception', 'ERROR', 'Closure', 'UnitEnum', 'DatePeriod', 'ReflectionAttribute', 'RuntimeException,LogicException,stdClass,Generator'] as $classes) {
    echo "--- $classes\n";
    $process = run([...php_command(['disable_classes' => $classes]), '-r', $code]);
    echo plain(trim($process['out'])), "\nstatus {$process['status']}\n";
}
echo "--- by an option\n";
thrown(fn () => FfiZts::boot(['ini' => ['disable_classes' => 'closure']])->run('strlen', [''])->await());
echo "--- by a php.ini of the guest\n";
$process = run([...php_command(['ffi_zts.ini_file' => $ini]), '-r', $code]);
echo plain(trim($process['out'])), "\nstatus {$process['status']}\n";
?>
--EXPECTF--
--- Exception
begins

Fatal error: ffi_zts cannot be used: disable_classes names Exception, without which PHP crashes; take it out there in Command line code on line %d
status 255
--- ERROR
begins

Fatal error: ffi_zts cannot be used: disable_classes names Error, without which PHP crashes; take it out there in Command line code on line %d
status 255
--- Closure
begins
FfiZts\BootException: boot: start the guest: disable_classes names Closure, without which PHP crashes: take it out there
goes on
status 0
--- UnitEnum
begins
FfiZts\BootException: boot: start the guest: disable_classes names UnitEnum, without which PHP crashes: take it out there
goes on
status 0
--- DatePeriod
begins
FfiZts\BootException: boot: start the guest: disable_classes names DatePeriod, without which PHP crashes: take it out there
goes on
status 0
--- ReflectionAttribute
begins
FfiZts\BootException: boot: start the guest: disable_classes names ReflectionAttribute, without which PHP crashes: take it out there
goes on
status 0
--- RuntimeException,LogicException,stdClass,Generator
begins
4
goes on
status 0
--- by an option
FfiZts\BootException: boot: start the guest: disable_classes names Closure, without which PHP crashes: take it out there
--- by a php.ini of the guest
begins
FfiZts\BootException: boot: start the guest (tried in a child process): disable_classes names Closure, without which PHP crashes: take it out there
goes on
status 0
