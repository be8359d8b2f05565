--TEST--
Methods of the classes that boot and start things can be closures: first-class callables, Closure::fromCallable(), callables by name
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$boot = FfiZts::boot(...);
$vm = $boot(['threads' => 2]);
$run = $vm->run(...);
echo $run(fn () => 'run', [], timeout: 60)->await(), "\n";
echo $run('abs', args: [-1])->await(), "\n";
echo Closure::fromCallable([$vm, 'runScript'])(script('return "script";'))->value, "\n";
echo call_user_func_array([$vm, 'startScript'], [script('return "started";')])->await()->value, "\n";
echo ($vm->thread(...))()->run(fn () => 'thread')->await(), "\n";
echo implode(' ', ($vm->pool(...))(1)->map([1, 2], fn (int $n) => $n * 2)), "\n";
echo count(array_map($vm->run(...), ['pi', 'time'])), ' ', get_debug_type(($vm->info(...))()), "\n";
thrown(fn () => $run('abs', 'x'));
echo (new ReflectionMethod($vm, 'run'))->invoke($vm, fn () => 'reflection')->await(), "\n";
($vm->shutdown(...))();
?>
--EXPECT--
run
1
script
started
thread
2 4
2 array
TypeError: FfiZts\Vm::run(): Argument #2 ($args) must be of type ?array, string given
reflection
