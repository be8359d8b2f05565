--TEST--
Ten thousand different closures leave nothing behind, here or on the worker
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

$vm = FfiZts::boot(['threads' => 1]);
/* What eval() makes stays until the end of the request in part, in PHP too: the growth is compared with that. */
$round = function (int $from, int $to, bool $cross) use ($vm): int {
    static $channel;
    $channel ??= new FfiZts\Channel(1);
    $wrong = 0;
    for ($i = $from; $i < $to; $i++) {
        $f = eval("return function (int \$a, array \$list = [1, [$i]]) { static \$n = $i; \$g = fn (\$b) => \$a + \$b + $i;
            try { return \$g(\$n) + \$list[1][0]; } finally { \$n++; } };");
        if (!$cross) {
            continue;
        }
        $wrong += $vm->run($f, [$i])->await() !== 4 * $i;
        if ($i % 10 === 0) {
            $channel->send($f);
            $wrong += $channel->recv()(1) !== 3 * $i + 1;
        }
    }
    return $wrong;
};
$used = fn () => [memory_get_usage(), $vm->run(fn (): int => memory_get_usage())->await()];
echo $round(0, 2000, true), "\n";
$start = $used();
$round(2000, 6000, false);
$before = $used();
echo $round(6000, 14000, true), "\n";
$after = $used();
foreach (['host', 'guest'] as $i => $side) {
    $grown = $after[$i] - $before[$i] - 2 * ($before[$i] - $start[$i]);
    echo $side, ' ', $grown < 1_000_000 ? 'flat' : "grew by $grown", "\n";
}

/* One closure many times, and many closures of the same code. */
$make = fn (int $k) => fn (int $n) => $n * $k;
for ($sum = 0, $i = 0; $i < 3000; $i++) {
    $futures[] = $vm->run($make($i), [2]);
}
foreach ($futures as $future) {
    $sum += $future->await();
}
echo $sum, "\n";
?>
--EXPECT--
0
0
host flat
guest flat
8997000
