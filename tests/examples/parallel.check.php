<?php

declare(strict_types=1);

/* The example ran twice: with parallel where it is built, then without. */

$counts = "669 primes from 0 on\n560 primes from 5000 on\n525 primes from 10000 on\n508 primes from 15000 on\n2262 in all, counted by ";
$seen = (string) stream_get_contents(STDIN);
if ($seen !== "{$counts}parallel\\Runtime\n{$counts}scripts\n" && $seen !== "{$counts}scripts\n{$counts}scripts\n") {
    echo $seen;
    exit(1);
}
