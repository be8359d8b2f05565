<?php

// 64 MB that host and workers share. Bytes that the process grows by, until all of it was written and summed on argv[2] workers;
// and seconds of ten sums. argv[1]: ours.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/side.php';

const BYTES = 64 << 20;
const CELLS = BYTES / 8;

$workers = (int) $_SERVER['argv'][2];
$pool = \FfiZts::boot()->pool($workers);
$sum = static function (\FfiZts\Int64View $view, int $from, int $count): int {
    for ($i = 0; $i < 9; $i++) {
        $view->sum($from, $count);
    }
    return $view->sum($from, $count);
};
$all = static function (\FfiZts\Int64View $view, int $cells) use ($pool, $workers, $sum): void {
    $each = intdiv($cells, $workers);
    $futures = [];
    for ($i = 0; $i < $workers; $i++) {
        $futures[] = $pool->submit($sum, [$view, $i * $each, $each]);
    }
    if (array_sum(\FfiZts\Future::awaitAll($futures)[1]) !== 3 * $cells) {
        throw new \RuntimeException('the sum is wrong');
    }
};
$small = new \FfiZts\Int64View(new \FfiZts\SharedBuffer(65536));
$small->fill(3);
$all($small, 8192);
$before = resident();
$view = new \FfiZts\Int64View(new \FfiZts\SharedBuffer(BYTES));
$view->fill(3);
$all($view, CELLS);
$grown = resident() - $before;
report(['sums' => best(8, static fn() => $all($view, CELLS)), 'grown' => $grown]);
