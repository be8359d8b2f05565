--TEST--
What runs while a future is waited for, or looked at, may wait for the same future
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$speak = fn () => $vm->run(function () {
    echo "spoken\n";
    usleep(50000);
    return str_repeat('y', 100000);
});
$late = fn () => $vm->run(function () {
    usleep(150000);
    return 7;
});
/** $wait(), in which the first output of a job is delivered to a handler that takes the outcome of each of $futures, after $seconds. */
$within = function (array $futures, callable $wait, int $seconds = 0): void {
    $calls = 0;
    ob_start(function (string $text) use ($futures, $seconds, &$calls): string {
        if (!$calls++) {
            sleep($seconds);
            foreach ($futures as $future) {
                $future->await();
            }
        }
        return $text;
    }, 1);
    $result = $wait();
    ob_end_flush();
    var_dump(is_string($result) ? strlen($result) : $result);
};

$future = $speak();
$within([$future], function () use ($future) {
    while (!$future->isDone()) {
        usleep(1000);
    }
    return $future->await();
});
$future = $speak();
$within([$future], fn () => $future->await());
$future = $speak();
$within([$future], fn () => $future->await(2.0), 3); // over before the handler is
foreach (['awaitFirst', 'awaitAny'] as $how) {
    [$one, $two] = [$late(), $speak()];
    $within([$two, $one], fn () => FfiZts\Future::$how([$one, $two]));
}
[$one, $two] = [$late(), $speak()];
$within([$one, $two], fn () => array_map('count', FfiZts\Future::awaitAll([$one, $two], 2.0)), 3);
?>
--EXPECT--
spoken
int(100000)
spoken
int(100000)
spoken
int(100000)
spoken
int(7)
spoken
int(7)
spoken
array(2) {
  [0]=>
  int(0)
  [1]=>
  int(2)
}
