<?php

// Pool::map() of 100,000 trivial items on two workers: seconds for each. argv[1]: ours.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

const ITEMS = 100_000;

$pool = \FfiZts::boot()->pool(2);
$items = range(0, ITEMS - 1);
$next = static fn(int $i): int => $i + 1;
if ($pool->map($items, $next) !== range(1, ITEMS)) {
    throw new \RuntimeException('the map is wrong');
}
report(['map' => best(5, static fn() => $pool->map($items, $next)) / ITEMS]);
