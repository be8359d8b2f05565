--TEST--
Throwables in shutdown functions, destructors, output handlers and prepended files reach the caller
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot();
foreach ([
    'shutdown function' => 'register_shutdown_function(function () { throw new DomainException("late"); }); echo "main\n";',
    'destructor' => 'class D { function __destruct() { throw new DomainException("late"); } } $d = new D; echo "main\n";',
    'destructor at unset' => 'class D { function __destruct() { throw new DomainException("late"); } } $d = new D; unset($d);',
    'fatal at shutdown' => 'register_shutdown_function(function () { str_repeat("x", 1 << 40); }); echo "main\n";',
    'two' => 'register_shutdown_function(function () { throw new DomainException("late"); }); throw new LogicException("first");',
    'after exit' => 'register_shutdown_function(function () { throw new DomainException("late"); }); exit(0);',
] as $label => $code) {
    try {
        $vm->runScript(script($code));
        echo "$label: nothing thrown\n";
    } catch (\Throwable $e) {
        echo "$label: ", $e instanceof FfiZts\ScriptException || $e instanceof LogicException ? '' : $e::class . ' ', preg_match('/late|first|Allowed memory/', $e->getMessage(), $m) ? $m[0] : $e->getMessage(), "\n";
    }
}
echo $vm->runScript(script('return "the guest goes on";'))->value, "\n";
Probe::assertSame();
?>
--EXPECT--
main
shutdown function: late
main
destructor: late
destructor at unset: late
main
fatal at shutdown: Allowed memory
two: first
after exit: late
the guest goes on
same
