--TEST--
Promise 3: a fatal error, memory limit or time limit of a job is a ScriptException with its message, file and line; others go on
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 2, 'ini' => ['memory_limit' => '32M']]);
$busy = $vm->startScript(script('$until = ' . var_export(tmp('over'), true) . '; while (!file_exists($until)) { usleep(500); clearstatcache(); } return "the other job went on";'));
foreach ([
    'memory' => '$a = [];
        while (true) { $a[] = str_repeat("x", 1 << 20); }',
    'one big' => 'str_repeat("x", 1 << 30);',
    'time' => 'set_time_limit(1);
        while (true);',
    'time in ini' => 'ini_set("max_execution_time", 1); for (;;) { $x = 1; }',
    'user' => 'echo "before\n";
        @trigger_error("my fatal", E_USER_ERROR);',
    'redeclare' => 'eval("function f() {}");
        eval("function f() {}");',
    'abstract' => 'abstract class A { abstract function f(); }
        class B extends A {}',
    'compile' => 'final class F {}
        class G extends F {}',
    'require' => 'echo "before\n"; require "no/such/file.php";',
    'undefined function' => 'no_such_function();',
    'undefined class' => 'new NoSuchClass;',
    'parse' => 'echo 1;
        this is not php',
] as $label => $code) {
    try {
        $vm->runScript(script($code));
        echo "$label: no exception\n";
    } catch (\Throwable $e) {
        echo "$label: ", $e::class, ': ', preg_replace(['/\d{6,}/', '/(\(| in )\/.*$/s'], ['N', ''], plain($e->getMessage())), ' in ', preg_replace('/\d+/', 'N', plain($e->getFile())), ':', $e->getLine(), "\n";
    }
}
touch(tmp('over'));
echo $busy->await()->value, "\n";
echo $vm->runScript(script('return "and so does the guest";'))->value, "\n";
Probe::assertSame();
?>
--EXPECTF--
memory: FfiZts\ScriptException: Allowed memory size of N bytes exhausted%s in {tmp}/scriptN.php:3
one big: FfiZts\ScriptException: Allowed memory size of N bytes exhausted%s in {tmp}/scriptN.php:2
time: FfiZts\ScriptException: Maximum execution time of 1 second exceeded in {tmp}/scriptN.php:3
time in ini: FfiZts\ScriptException: Maximum execution time of 1 second exceeded in {tmp}/scriptN.php:2
before
user: FfiZts\ScriptException: my fatal in {tmp}/scriptN.php:3
redeclare: FfiZts\ScriptException: Cannot redeclare %Sf()%S in {tmp}/scriptN.php(N) : eval()'d code:1
abstract: FfiZts\ScriptException: Class B contains 1 abstract method%s in {tmp}/scriptN.php:3
compile: FfiZts\ScriptException: Class G %s final class %S in {tmp}/scriptN.php:3
before

Warning: require(no/such/file.php): Failed to open stream: No such file or directory in %s on line 2
require: %s: Failed opening required 'no/such/file.php'%S in {tmp}/scriptN.php:2
undefined function: Error: Call to undefined function no_such_function() in {tmp}/scriptN.php:2
undefined class: Error: Class "NoSuchClass" not found in {tmp}/scriptN.php:2
parse: ParseError: syntax error, unexpected %s in {tmp}/scriptN.php:3
the other job went on
and so does the guest
same
