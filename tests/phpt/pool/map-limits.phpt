--TEST--
Pool::map(): maxTasks and maxMemory count items, and a time limit is each item's
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$pool = $vm->pool(1, script('define("REQUEST", uniqid("", true));'), maxTasks: 10);
$pool->submit(fn () => null)->await();
$requests = $pool->map(range(1, 1000), fn () => REQUEST);
$counts = array_count_values(array_count_values($requests));
krsort($counts);
echo count($requests), ' items, ', implode(', ', array_map(fn ($n, $requests) => "$n in each of $requests requests", array_keys($counts), $counts)), "\n";
$pool->close();

$pool = $vm->pool(1, script('define("REQUEST", uniqid("", true));'), maxMemory: 16 << 20);
$requests = $pool->map(range(1, 100), function (int $n) { if ($n % 10 === 0) { $GLOBALS['kept'][] = str_repeat('x', 32 << 20); } return REQUEST; });
$large = array_filter($requests, fn ($n) => ($n + 1) % 10 === 0, ARRAY_FILTER_USE_KEY);
echo count($requests), ' items, ', count(array_unique($large)), " requests have ended with a large one\n";

// All of them take longer than the limit of each.
$pool = $vm->pool(1);
echo count($pool->map(range(1, 60), fn () => usleep(50000), 2.5)), " items within their limits\n";
$stopped = thrown(fn () => $pool->map([1, 2, 3], function (int $n) { while ($n === 2); return $n; }, timeout: 0.2));
echo $pool->map([5], 'abs')[0], "\n";
thrown(fn () => $pool->map([1], 'abs', -1.0));
thrown(fn () => $pool->map([1], 'abs', NAN));
?>
--EXPECT--
1000 items, 10 in each of 99 requests, 9 in each of 1 requests, 1 in each of 1 requests
100 items, 10 requests have ended with a large one
60 items within their limits
FfiZts\TimeoutException: the job ran longer than its limit of 0.2 s and was stopped
5
FfiZts\Error: the task's time limit must be 0 (none) or more seconds, -1 given
FfiZts\Error: the task's time limit must be 0 (none) or more seconds, NAN given
