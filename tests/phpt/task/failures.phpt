--TEST--
A task that throws, exits or dies of a fatal error fails alone: what is queued behind it on the same worker is still done
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'ini' => ['memory_limit' => '64M']]);
$tasks = [
    fn () => throw new DomainException('first', 5, new LogicException('inner')),
    fn () => 1,
    function () { exit(3); },
    fn () => 2,
    fn () => str_repeat('x', 1 << 27),
    fn () => 3,
    function () { @trigger_error('fatal', E_USER_ERROR); },
    fn () => 4,
    fn () => eval('this is no code'),
    function () { $f = fn () => no_such_function(); return $f(); },
    fn () => (function () { yield 1; })(),
    fn () => 5,
    function () { register_shutdown_function(function () { echo "shutdown function\n"; }); exit('bye'); },
    fn () => 6,
];
$futures = array_map(fn ($task) => @$vm->run($task), $tasks);
ob_start(); // output comes while any of them is waited for
FfiZts\Future::awaitAll($futures);
$output = ob_get_clean();
foreach ($futures as $future) {
    $e = thrown(fn () => $future->await());
    for ($e = $e?->getPrevious(); $e; $e = $e->getPrevious()) {
        printf("  previous %s: %s\n", $e::class, $e->getMessage());
    }
}
echo $output, "\n";
// A future keeps its outcome.
$again = thrown(fn () => $futures[0]->await());
var_dump($again === thrown(fn () => $futures[0]->await()), $again->getFile() === __FILE__, str_contains($again->getTraceAsString(), '#0'));
?>
--EXPECTF--
DomainException: first
  previous LogicException: inner
nothing thrown, returned int
FfiZts\ScriptException: the task called exit(3)
nothing thrown, returned int
FfiZts\ScriptException: Allowed memory size of %d bytes exhausted (tried to allocate %d bytes)
nothing thrown, returned int
FfiZts\ScriptException: fatal
nothing thrown, returned int
ParseError: syntax error, unexpected identifier "is"
Error: Call to undefined function no_such_function()
FfiZts\TransferException: value: Generator cannot cross to another thread
nothing thrown, returned int
FfiZts\ScriptException: the task called exit(0)
nothing thrown, returned int
byeshutdown function

DomainException: first
DomainException: first
bool(true)
bool(true)
bool(true)
