<?php

declare(strict_types=1);

/* With plain PHP, and before that with GD where it is built for the guest. */

$lines = '';
for ($number = 1; $number <= 6; $number++) {
    $lines .= sprintf("picture %d: %dx%d to 40x30, written\n", $number, 80 * $number, 60 * $number);
}
$seen = (string) stream_get_contents(STDIN);
if ($seen !== "{$lines}done with plain PHP\n" && $seen !== "{$lines}done with GD\n{$lines}done with plain PHP\n") {
    echo $seen;
    exit(1);
}
