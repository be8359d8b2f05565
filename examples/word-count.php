<?php

/*
 * The length and number of words of a large text, counted by several threads that share one copy of it.
 *
 *     php -d extension=ffi_zts.so examples/word-count.php [FILE]
 *
 * A SharedBuffer is memory that all threads see. Passing it to a task passes no bytes, only the way to them; the results
 * go into another one, seen as an array of integers.
 */

declare(strict_types=1);

use FfiZts\Int64View;
use FfiZts\SharedBuffer;

const WORKERS = 4;
const LONGEST = 15; // longer words count as so long

$text = isset($argv[1]) ? file_get_contents($argv[1]) : str_repeat("the quick brown fox jumps over the lazy dog\n", 20_000);

$buffer = new SharedBuffer(strlen($text));
$buffer->write(0, $text);
$length = strlen($text);
unset($text); // from here on there is one copy

// A row of counts for each worker, so that none waits for another: row[n] is the number of words of n bytes.
$counts = new SharedBuffer(WORKERS * (LONGEST + 1) * 8);
$rows = [];
for ($worker = 0; $worker < WORKERS; $worker++) {
    $rows[] = new Int64View($counts, $worker * (LONGEST + 1) * 8, LONGEST + 1);
}

$count = static function (SharedBuffer $buffer, int $from, int $to, Int64View $row): void {
    // The slices are cut anywhere: a word belongs to the slice in which it begins.
    $separators = " \t\r\n";
    $position = $from;
    if ($from > 0 && !str_contains($separators, $buffer->read($from - 1, 1))) {
        while ($position < $to && !str_contains($separators, $buffer->read($position, 1))) {
            $position++;
        }
    }
    while ($to < $buffer->length() && $to > $position && !str_contains($separators, $buffer->read($to - 1, 1))
        && !str_contains($separators, $buffer->read($to, 1))) {
        $to++;
    }
    $longest = count($row) - 1;
    for ($word = strtok($buffer->read($position, $to - $position), $separators); $word !== false; $word = strtok($separators)) {
        $row[min(strlen($word), $longest)] += 1;
    }
};

$pool = FfiZts::boot()->pool(2);
$futures = [];
for ($worker = 0; $worker < WORKERS; $worker++) {
    $slice = [intdiv($length * $worker, WORKERS), intdiv($length * ($worker + 1), WORKERS)];
    $futures[] = $pool->submit($count, [$buffer, ...$slice, $rows[$worker]]);
}
foreach ($futures as $future) {
    $future->await();
}

$words = 0;
for ($size = 1; $size <= LONGEST; $size++) {
    $number = array_sum(array_map(static fn (Int64View $row): int => $row[$size], $rows));
    if ($number > 0) {
        printf("%6d words of %d bytes\n", $number, $size);
    }
    $words += $number;
}
printf("%6d words in %d bytes\n", $words, $length);
