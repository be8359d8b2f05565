--TEST--
run(): a task is a closure, a function, a static or bound method; arguments by position and by name; the value comes back
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$class = <<<'PHP'
    final class Math
    {
        public function __construct(private int $base)
        {
        }

        public static function twice(int $n): int
        {
            return 2 * $n;
        }

        public function plus(int $n): int
        {
            return $this->base + $n;
        }
    }
    PHP;
$vm = FfiZts::boot(['threads' => 2, 'bootstrap' => $file = script($class)]);
require $file;
$factor = 3;
$tasks = [
    'closure' => [fn (int $a, int $b = 10): int => $factor * $a + $b, [2]],
    'named' => [fn (int $a, int $b): string => "$a-$b", ['b' => 1, 'a' => 2]],
    'mixed' => [fn (int $a, int ...$rest): array => [$a, $rest], [1, 2, 3, 'x' => 4]],
    'function' => ['strtoupper', ['abc']],
    'static method' => ['Math::twice', [21]],
    'array' => [['Math', 'twice'], [4]],
    'object' => [[new Math(100), 'plus'], [5]],
    'first class' => [strrev(...), ['abc']],
    'bound' => [(new Math(7))->plus(...), [1]],
    'nothing' => [function (): void {}, []],
    'array by value' => [function (array $a): array { $a[] = 4; return $a; }, [[1, 2, 3]]],
];
foreach ($tasks as $name => [$task, $arguments]) {
    echo $name, ': ', json_encode($vm->run($task, $arguments)->await()), "\n";
}
[$pid, $thread] = $vm->run(fn () => [getmypid(), basename(readlink('/proc/thread-self'))])->await();
var_dump($pid === getmypid(), $thread !== basename(readlink('/proc/thread-self')));
thrown(fn () => $vm->run('no_such_function')->await());
thrown(fn () => $vm->run(['Math', 'nothing'])->await());
thrown(fn () => $vm->run(fn (int $a) => $a, ['x'])->await());
thrown(fn () => $vm->run(fn () => 1, [], -1.0));
thrown(fn () => $vm->run(fn ($a) => 1, [opendir('/')]));
?>
--EXPECTF--
closure: 16
named: "2-1"
mixed: [1,{"0":2,"1":3,"x":4}]
function: "ABC"
static method: 42
array: 8
object: 105
first class: "cba"
bound: 8
nothing: null
array by value: [1,2,3,4]
bool(true)
bool(true)
FfiZts\TransferException: no_such_function cannot be called here: function "no_such_function" not found or invalid function name
FfiZts\TransferException: Math::nothing cannot be called here: class Math does not have a method "nothing"
TypeError: {closure%S}(): Argument #1 ($a) must be of type int, string given
FfiZts\Error: the task's time limit must be 0 (none) or more seconds, -1 given
FfiZts\TransferException: argument $args[0]: %s
