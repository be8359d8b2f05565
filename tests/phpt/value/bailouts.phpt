--TEST--
Values: hooks that throw, exit or die on the way: the job or the caller gets it, nothing leaks, the guest goes on
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/classes.inc';

$vm = FfiZts::boot(['bootstrap' => __DIR__ . '/classes.inc']);
$there = fn (string $what) => $vm->run(fn (array $value) => 'arrived', [[str_repeat('x', 1000), new Nasty($what)]])->await();
$here = fn (string $what) => $vm->run(fn (string $what) => [str_repeat('x', 1000), new Nasty('', $what)], [$what])->await();
foreach (['', 'throw', 'exit', 'fatal', 'memory'] as $what) {
    echo "built there, $what: ";
    thrown(fn () => $there($what));
    echo "written there, $what: ";
    thrown(fn () => $here($what));
}
foreach (['throw' => LogicException::class] as $what => $class) {
    echo 'built here: ';
    thrown(fn () => $vm->run(fn () => new Nasty('throw'))->await());
    echo 'written here: ';
    thrown(fn () => $vm->run(fn ($x) => 1, [new Nasty('', 'throw')])->await());
}
foreach (['throw', 'exit', 'fatal'] as $what) {
    echo "a script's value, $what: ";
    thrown(fn () => $vm->runScript(script('require ' . var_export(__DIR__, true) . " . '/classes.inc'; return [1, new Nasty('', '$what')];")));
}
$resident = function (): int {
    preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $m);
    return (int) $m[1];
};
$round = function (int $count) use ($there, $here, $vm): void {
    for ($i = 0; $i < $count; $i++) {
        foreach (['throw', 'exit', 'fatal'] as $what) {
            try { $there($what); } catch (Throwable) {}
            try { $here($what); } catch (Throwable) {}
        }
        try { $vm->run(fn ($x) => 1, [str_repeat('x', 100000), new Nasty('', 'throw')])->await(); } catch (LogicException) {}
        try { $vm->run(fn () => [str_repeat('x', 100000), new Nasty('throw')])->await(); } catch (LogicException) {}
    }
    gc_collect_cycles();
};
$round(20);
$before = [memory_get_usage(), $resident()];
$round(200);
echo memory_get_usage() - $before[0] < 20000 ? "flat\n" : 'grew by ' . (memory_get_usage() - $before[0]) . "\n";
echo $resident() - $before[1] < 8000 ? "flat\n" : 'grew by ' . ($resident() - $before[1]) . " KiB\n";
register_shutdown_function(function () { echo "the host ends by exit() in a hook\n"; });
$vm->run(fn () => new Nasty('exit'))->await();
echo "not reached\n";
?>
--EXPECT--
built there, : nothing thrown, returned string
written there, : nothing thrown, returned array
built there, throw: LogicException: thrown by a hook
written there, throw: LogicException: thrown by a hook
built there, exit: FfiZts\ScriptException: the task called exit(3)
written there, exit: FfiZts\ScriptException: the task called exit(3)
built there, fatal: FfiZts\ScriptException: fatal in a hook
written there, fatal: FfiZts\ScriptException: fatal in a hook
built there, memory: FfiZts\ScriptException: Allowed memory size of 134217728 bytes exhausted (tried to allocate 36028797018963999 bytes)
written there, memory: FfiZts\ScriptException: Allowed memory size of 134217728 bytes exhausted (tried to allocate 36028797018963999 bytes)
built here: LogicException: thrown by a hook
written here: LogicException: thrown by a hook
a script's value, throw: LogicException: thrown by a hook
a script's value, exit: nothing thrown, returned FfiZts\Result
a script's value, fatal: FfiZts\ScriptException: fatal in a hook
flat
flat
the host ends by exit() in a hook
