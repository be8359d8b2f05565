<?php

// What the CPU-bound measurements compute, on the host and in the guest.
declare(strict_types=1);

return static function (int $steps): int {
    $mix = static fn(int $a, int $b): int => ($a * 31 + $b) & 0xFFFFFF;
    $values = range(0, 255);
    $sum = 0;
    for ($i = 0; $i < $steps; $i++) {
        $sum = $mix($sum, $values[$sum & 255]);
        $values[$i & 255] = $sum;
    }
    return $sum;
};
