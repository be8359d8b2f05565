<?php

/*
 * Waits until as many scripts as asked for are running, all in here at once, then counts primes.
 *
 * Arguments: number of this script, how many there are, a directory that only they use.
 * Returns where it ran and what it found.
 */

declare(strict_types=1);

[, $number, $together, $directory] = $argv;

// No script leaves before every other one has arrived: a second script that waits for the first to end never meets it.
touch("$directory/$number");
$deadline = hrtime(true) + 20e9;
while (count(glob("$directory/*")) < (int) $together) {
    if (hrtime(true) > $deadline) {
        throw new RuntimeException("script $number waited 20 seconds for the others");
    }
    usleep(1000);
}

$from = ((int) $number - 1) * 20_000;
$primes = 0;
for ($candidate = max(2, $from); $candidate < $from + 20_000; $candidate++) {
    for ($divisor = 2; $divisor * $divisor <= $candidate; $divisor++) {
        if ($candidate % $divisor === 0) {
            continue 2;
        }
    }
    $primes++;
}

return [
    'pid' => getmypid(),
    // Linux names the thread that asks: "<pid>/task/<thread id>".
    'thread' => (int) basename(readlink('/proc/thread-self')),
    'zts' => PHP_ZTS,
    'version' => PHP_VERSION,
    'from' => $from,
    'primes' => $primes,
];
