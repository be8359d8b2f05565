<?php

declare(strict_types=1);

/* As many runtimes of pecl/parallel as the first argument says, each for a part of the numbers; what they counted. */

[, $parts, $part] = array_map(intval(...), $argv);
$futures = [];
for ($i = 0; $i < $parts; $i++) {
    $runtime = new parallel\Runtime(__DIR__ . '/count-primes.php');
    $futures[] = $runtime->run(static fn (int $from, int $to): int => countPrimes($from, $to), [$i * $part, ($i + 1) * $part]);
}
return array_map(static fn (parallel\Future $future): int => $future->value(), $futures);
