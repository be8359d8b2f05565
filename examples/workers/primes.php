<?php

declare(strict_types=1);

/* How many primes there are from the first number on, up to the second. */

require_once __DIR__ . '/count-primes.php';

return countPrimes((int) $argv[1], (int) $argv[2]);
