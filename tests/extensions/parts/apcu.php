<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** APCu: one memory for all workers of the process. */
const ROUNDS = 2000;

return part(
    prepare: function (): void {
        same(true, apcu_enabled(), 'apcu is enabled');
        same(true, apcu_clear_cache(), 'cleared');
        same(true, apcu_store(['total' => 0, 'sample' => sample(0)]) === [], 'stored');
    },
    work: function (int $number, int $count): void {
        for ($i = 1; $i <= ROUNDS; $i++) {
            apcu_inc('total');
            apcu_store("own-$number", ['number' => $number, 'round' => $i, 'text' => str_repeat(chr(65 + $number), $i % 500)]);
            same($i, apcu_fetch("own-$number")['round'] ?? null, "own entry of $number");
            // Entries of the others are whole, whatever they are doing.
            $other = apcu_fetch('own-' . ($number + 1) % $count);
            if ($other !== false) {
                same(str_repeat(chr(65 + ($number + 1) % $count), $other['round'] % 500), $other['text'], "entry of another, seen by $number");
            }
        }
        same(1, apcu_entry('once', fn () => apcu_inc('made')), 'an entry is made once');
        same(true, apcu_cas("cas-$number", 1, 2) || apcu_add("cas-$number", 1) && apcu_cas("cas-$number", 1, 2), 'cas');
        throws(LogicException::class, fn () => apcu_entry("thrown-$number", fn () => throw new LogicException()), 'apcu_entry');
        same(false, apcu_exists("thrown-$number"), 'an entry whose maker threw');
    },
    verify: function (int $count): void {
        same($count * ROUNDS, apcu_fetch('total'), 'the total of all workers');
        same(1, apcu_fetch('made'), 'how often the entry was made');
        same(serialize(sample(0)), serialize(apcu_fetch('sample')), 'a value of an earlier job');
        same($count, iterator_count(new APCUIterator('/^own-/')), 'entries');
        same(true, apcu_delete(new APCUIterator('/^own-/')), 'deleted');
        same(0, iterator_count(new APCUIterator('/^own-/')), 'entries after they were deleted');
    },
);
