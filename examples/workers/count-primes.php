<?php

declare(strict_types=1);

function countPrimes(int $from, int $to): int
{
    $count = 0;
    for ($number = max(2, $from); $number < $to; $number++) {
        for ($divisor = 2; $divisor * $divisor <= $number && $number % $divisor !== 0; $divisor++) {
        }
        $count += (int) ($divisor * $divisor > $number);
    }
    return $count;
}
