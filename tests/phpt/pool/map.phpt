--TEST--
Pool::map(): keys and order kept, iterables fed lazily, an exception ends it, workers are as many as asked for
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$pool = $vm->pool(3);
var_dump($pool->map(['x' => 1, 5 => 2, 'y' => 3], fn (int $n): int => $n * $n));
var_dump($pool->map([], 'abs'), $pool->map(range(1, 5000), fn (int $n): int => -$n) === array_map(fn ($n) => -$n, range(1, 5000)));
$produced = 0;
$generator = (function () use (&$produced) { for ($i = 0; $i < 100000; $i++) { $produced++; yield "k$i" => $i; } })();
thrown(fn () => $pool->map($generator, fn (int $n) => $n === 3 ? throw new DomainException("at $n") : $n));
echo $produced < 5000 ? "lazy\n" : "fed $produced\n";
$result = $pool->map((function () { yield 'a' => 1; yield 'b' => 2; yield 'a' => 3; })(), fn (int $n) => $n * 10);
ksort($result);
echo json_encode($result), "\n";
thrown(fn () => $pool->map((function () { yield 1; throw new LogicException('of the producer'); })(), 'abs'));
thrown(fn () => $pool->map([1, opendir('/')], 'abs'));
$meet = new FfiZts\Channel(-1);
$threads = $pool->map([1, 2, 3], function () use ($meet) {
    $meet->send(1);
    for ($i = 0; count($meet) < 3 && $i < 20000; $i++) usleep(500);
    return basename(readlink('/proc/thread-self'));
});
echo count(array_unique($threads)), " at once\n";
echo $pool->submit(fn () => 'submitted')->await(), ' ', count($pool), "\n";
$pool->close();
thrown(fn () => $pool->map([1], 'abs'));
foreach ([0, -1, 1025, PHP_INT_MAX, PHP_INT_MIN] as $size) {
    thrown(fn () => $vm->pool($size));
}
echo $vm->run(function () {
    try {
        return FfiZts::boot()->pool(PHP_INT_MAX)::class;
    } catch (FfiZts\Error $e) {
        return $e::class . ': ' . $e->getMessage();
    }
})->await(), "\n";
$vast = $vm->pool(1024, maxTasks: PHP_INT_MAX, maxMemory: PHP_INT_MAX);
echo array_sum($vast->map(range(1, 50), 'intval')), "\n";
$vast->close();
?>
--EXPECTF--
array(3) {
  ["x"]=>
  int(1)
  [5]=>
  int(4)
  ["y"]=>
  int(9)
}
array(0) {
}
bool(true)
DomainException: at 3
lazy
{"a":30,"b":20}
LogicException: of the producer
FfiZts\TransferException: argument $args%s
3 at once
submitted 0
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\Error: pool(): $size must be 1 to 1024, 0 given
FfiZts\Error: pool(): $size must be 1 to 1024, -1 given
FfiZts\Error: pool(): $size must be 1 to 1024, 1025 given
FfiZts\Error: pool(): $size must be 1 to 1024, 9223372036854775807 given
FfiZts\Error: pool(): $size must be 1 to 1024, -9223372036854775808 given
FfiZts\Error: pool(): $size must be 1 to 1024, 9223372036854775807 given
1275
