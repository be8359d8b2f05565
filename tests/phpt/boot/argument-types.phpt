--TEST--
Arguments of the methods that boot and start things are checked and converted as those of PHP's own functions, on both sides
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$tries = function ($vm) {
    $tries = [
        fn () => $vm->run('abs', 'abc'),
        fn () => $vm->run('abs', new ArrayObject([1])),
        fn () => $vm->run('abs', [1], []),
        fn () => $vm->run('abs', timeout: 'soon'),
        fn () => $vm->run(),
        fn () => $vm->startScript([]),
        fn () => $vm->runScript('x.php', 'x'),
        fn () => $vm->thread([]),
        fn () => $vm->pool('many'),
        fn () => $vm->pool(2, maxTasks: null),
    ];
    $said = [];
    foreach ($tries as $try) {
        try {
            @$try();
            $said[] = 'nothing thrown';
        } catch (TypeError $e) {
            $said[] = get_class($e) . ': ' . $e->getMessage();
        }
    }
    // Scalars that can be converted are.
    $said[] = $vm->run('abs', [-1], '5.5')->await();
    $said[] = count($vm->pool('2', maxTasks: 3.0));
    $arguments = [-3];
    $limit = '60';
    $said[] = call_user_func_array([$vm, 'run'], ['abs', &$arguments, &$limit])->await();
    $said[] = $limit;
    return $said;
};
$vm = FfiZts::boot(['threads' => 1]);
$here = $tries($vm);
echo implode("\n", $here), "\n";
var_dump($vm->run(fn () => $tries(FfiZts::boot()))->await() === $here);
thrown(fn () => FfiZts::boot('threads'));
thrown(fn () => FfiZts::scope([]));
thrown(fn () => $vm->shutdown('soon'));
thrown(eval('declare(strict_types=1); return fn () => $GLOBALS["vm"]->pool("2");'));
?>
--EXPECT--
TypeError: FfiZts\Vm::run(): Argument #2 ($args) must be of type ?array, string given
TypeError: FfiZts\Vm::run(): Argument #2 ($args) must be of type ?array, ArrayObject given
TypeError: FfiZts\Vm::run(): Argument #3 ($timeout) must be of type ?float, array given
TypeError: FfiZts\Vm::run(): Argument #3 ($timeout) must be of type ?float, string given
ArgumentCountError: FfiZts\Vm::run() expects at least 1 argument, 0 given
TypeError: FfiZts\Vm::startScript(): Argument #1 ($file) must be of type string, array given
TypeError: FfiZts\Vm::runScript(): Argument #2 ($argv) must be of type ?array, string given
TypeError: FfiZts\Vm::thread(): Argument #1 ($bootstrap) must be of type ?string, array given
TypeError: FfiZts\Vm::pool(): Argument #1 ($size) must be of type int, string given
nothing thrown
1
0
3
60
bool(true)
TypeError: FfiZts::boot(): Argument #1 ($options) must be of type ?array, string given
TypeError: FfiZts::scope(): Argument #1 ($name) must be of type string, array given
TypeError: FfiZts\Vm::shutdown(): Argument #1 ($timeout) must be of type ?float, string given
TypeError: FfiZts\Vm::pool(): Argument #1 ($size) must be of type int, string given
