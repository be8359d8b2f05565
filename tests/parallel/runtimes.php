<?php

/* Four runtimes; what they print and what they return. */

for ($i = 0; $i < 4; $i++) {
    $runtimes[$i] = new parallel\Runtime();
    $futures[$i] = $runtimes[$i]->run(static function (string $job, int $i): int {
        echo "job $job, runtime $i\n";
        return array_sum(range(1, 1000)) + $i;
    }, [$argv[1], $i]);
}
return array_sum(array_map(static fn (parallel\Future $future): int => $future->value(), $futures));
