--TEST--
Values: what PHP warns about while a value is written is a warning of the job, or what its error handler makes of it; hooks see the traces of a call
--FILE--
<?php
require __DIR__ . '/../support.inc';

$classes = <<<'PHP'
class Holder { private $own = 1; public $shared = 2; function __sleep() { return ['own', 'shared', 'none']; } }
class Child extends Holder {}
class Failed extends Exception { public $detail; }
class Traced {
    function __serialize(): array { return self::tell('__serialize'); }
    function __unserialize(array $state): void { self::tell('__unserialize'); }
    static function tell(string $in): array {
        $frames = array_map(fn ($frame) => ($frame['class'] ?? '') . ($frame['type'] ?? '') . $frame['function'], debug_backtrace());
        echo "$in: ", implode(' < ', $frames), ', thrown: ', strtok((new Exception())->getTraceAsString(), "\n"), "\n";
        return [];
    }
}
function given(string $class): object { return new $class(); }
function failing(): void { $e = new Failed('the real one'); $e->detail = new Child(); throw $e; }
function strictly(): object { set_error_handler(fn ($number, $text) => throw new ErrorException($text)); return new Child(); }
function nothing(mixed $value): void {}
PHP;
eval($classes);
$vm = FfiZts::boot(['threads' => 1, 'ini' => ['display_errors' => '1', 'html_errors' => '0', 'error_reporting' => '-1'], 'bootstrap' => script($classes)]);

echo "A task's result\n";
$child = $vm->run('given', ['Child'])->await();
echo get_debug_type($child), ' ', $child->shared, "\n";
echo "What a task throws\n";
try {
    $vm->run('failing')->await();
} catch (Failed $e) {
    echo $e->getMessage(), ', ', get_debug_type($e->detail), "\n";
}
echo "A script's result, and what it throws\n";
echo get_debug_type($vm->runScript(script($classes . 'return new Child();'))->value), "\n";
try {
    $vm->runScript(script($classes . 'failing();'));
} catch (Failed $e) {
    echo $e->getMessage(), ', ', get_debug_type($e->detail), "\n";
}
echo "The error handler throws\n";
thrown(fn () => $vm->run('strictly')->await());
echo "From here\n";
$vm->run('nothing', [new Child()])->await();
echo "Traces\n";
$vm->run('given', ['Traced'])->await();
$vm->run('nothing', [new Traced()])->await();
echo $vm->run('strlen', ['alive'])->await(), "\n";
?>
--EXPECTF--
A task's result

Warning: "own" returned as member variable from __sleep() but does not exist in %s on line %d

Warning: "none" returned as member variable from __sleep() but does not exist in %s on line %d
Child 2
What a task throws

Warning: "own" returned as member variable from __sleep() but does not exist in %s on line %d

Warning: "none" returned as member variable from __sleep() but does not exist in %s on line %d
the real one, Child
A script's result, and what it throws

Warning: "own" returned as member variable from __sleep() but does not exist in %s on line %d

Warning: "none" returned as member variable from __sleep() but does not exist in %s on line %d
Child

Warning: "own" returned as member variable from __sleep() but does not exist in %s on line %d

Warning: "none" returned as member variable from __sleep() but does not exist in %s on line %d
the real one, Child
The error handler throws
ErrorException: "own" returned as member variable from __sleep() but does not exist
From here

Warning: "own" returned as member variable from __sleep() but does not exist in %s on line %d

Warning: "none" returned as member variable from __sleep() but does not exist in %s on line %d
Traces
__serialize: Traced::tell < Traced->__serialize, thrown: #0 %s(6): Traced::tell('__serialize')
__unserialize: Traced::tell < Traced->__unserialize < FfiZts\Future->await, thrown: #0 %s(6): Traced::tell('__unserialize')
__serialize: Traced::tell < Traced->__serialize < FfiZts\Vm->run, thrown: #0 %s(5): Traced::tell('__serialize')
__unserialize: Traced::tell < Traced->__unserialize, thrown: #0 %s(7): Traced::tell('__unserialize')
5
