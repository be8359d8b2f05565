--TEST--
Pool::mapUnordered(): results as they come, under their items' keys; items are asked for when they are needed; left early it stops
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$pool = $vm->pool(2);
// The first item waits for what is sent when the second result is there.
$gate = new FfiZts\Channel(-1);
foreach ($pool->mapUnordered(['a' => true, 'b' => false], fn (bool $waits) => $waits ? $gate->recv(60.0) : 'at once') as $key => $value) {
    echo "$key: $value\n";
    if ($key === 'b') {
        $gate->send('after b');
    }
}
// Nothing before the first is asked for, then no more than is needed.
$produced = 0;
$items = (function () use (&$produced) { while (true) { yield ['key', $produced] => $produced++; } })();
$results = $pool->mapUnordered($items, fn (int $n): int => 2 * $n);
echo get_class($results) === 'FfiZts\Internal\MapIterator' && $results instanceof Iterator ? "iterator\n" : "no iterator\n";
echo "$produced produced\n";
$ok = true;
for ($i = 0; $i < 3000; $i++) {
    $ok = $ok && $results->valid() && $results->current() === 2 * $results->key()[1];
    $results->next();
}
echo $ok ? 'right' : 'wrong', ', ', $produced >= 3000 && $produced < 12000 ? "lazy\n" : "$produced produced\n";
thrown(fn () => $results->rewind());
// Left early: what is under way is stopped, and the pool serves on.
unset($results, $items);
foreach ($pool->mapUnordered([0, 1, 2], function (int $n) { while ($n > 0); return $n; }) as $value) {
    echo "got $value\n";
    break;
}
echo $pool->submit(fn () => 'serves')->await(), "\n";
// All of them, and nothing more.
$all = iterator_to_array($pool->mapUnordered(range(0, 4999), fn (int $n) => -$n));
ksort($all);
var_dump($all === array_map(fn ($n) => -$n, range(0, 4999)));
$none = $pool->mapUnordered([], 'abs');
var_dump($none->valid(), $none->current(), $none->key());
// What ends it ends it for good.
$results = $pool->mapUnordered([1, 2, 3], fn (int $n) => $n === 2 ? throw new DomainException('of two') : $n, 60.0);
thrown(fn () => iterator_to_array($results));
var_dump($results->valid());
$results = $pool->mapUnordered((function () { yield 1; throw new LogicException('of the producer'); })(), 'abs');
thrown(fn () => iterator_to_array($results));
$results = $pool->mapUnordered((function () use (&$results) { yield 1; $results->current(); })(), 'abs');
thrown(fn () => iterator_to_array($results));
// A cycle is collected, and what it held under way is let go.
$cycle = new stdClass;
$cycle->results = $pool->mapUnordered((function () use ($cycle) { yield 1; })(), 'abs');
unset($cycle, $results);
var_dump(gc_collect_cycles() > 0);
// The pool lives as long as a map over it.
echo array_sum(iterator_to_array($vm->pool(2)->mapUnordered([1, 2, 3], 'abs'))), "\n";
echo array_sum($vm->run(fn () => iterator_to_array(FfiZts::boot()->pool(2)->mapUnordered([1, 2, 3], 'abs')))->await()), "\n";
$pool->close();
thrown(fn () => $pool->mapUnordered([1], 'abs'));
?>
--EXPECT--
b: at once
a: after b
iterator
0 produced
right, lazy
Exception: Cannot rewind results that were already given
got 0
serves
bool(true)
bool(false)
NULL
NULL
DomainException: of two
bool(false)
LogicException: of the producer
FfiZts\Error: the iterator is just waiting for its next result: what that runs cannot ask it
bool(true)
6
6
FfiZts\ClosedException: it is closed and takes no more tasks
