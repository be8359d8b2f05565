--TEST--
Pool::map(): an item that takes long holds up no other, wherever it is; results keep keys and order
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
/** Items of which one returns only when all others have been called. */
$run = function (FfiZts\Pool $pool, int $count, int $slow, bool $lazy): string {
    $called = new FfiZts\SharedBuffer(8);
    $task = function (int $n) use ($called, $count, $slow): string {
        if ($n !== $slow) {
            $called->atomicAdd(0, 1);
            return "$n";
        }
        for ($until = microtime(true) + 60; $called->atomicLoad(0) < $count - 1 && microtime(true) < $until; ) {
            usleep(500);
        }
        return $called->atomicLoad(0) === $count - 1 ? "$n" : "only {$called->atomicLoad(0)} others were called";
    };
    $items = $lazy ? (function () use ($count) { for ($i = 0; $i < $count; $i++) { yield "k$i" => $i; } })() : range(0, $count - 1);
    $results = $pool->map($items, $task);
    $expected = array_map(strval(...), range(0, $count - 1));
    $keys = $lazy ? array_map(fn ($i) => "k$i", range(0, $count - 1)) : range(0, $count - 1);
    return $results === array_combine($keys, $expected) ? 'all' : 'wrong: ' . json_encode(array_diff($results, $expected));
};
$pool = $vm->pool(2);
foreach ([[40, 0], [40, 39], [5000, 0], [5000, 3000], [5000, 4999]] as [$count, $slow]) {
    echo "$slow of $count: ", $run($pool, $count, $slow, false), ', of a generator: ', $run($pool, $count, $slow, true), "\n";
}
// In a job as well.
echo $vm->run(fn () => $run(FfiZts::boot()->pool(2), 3000, 2000, false))->await(), "\n";
?>
--EXPECT--
0 of 40: all, of a generator: all
39 of 40: all, of a generator: all
0 of 5000: all, of a generator: all
3000 of 5000: all, of a generator: all
4999 of 5000: all, of a generator: all
all
