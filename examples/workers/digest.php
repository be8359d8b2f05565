<?php

/* Arguments: a text, a number of rounds. Returns the SHA-256 of the SHA-256 of … of the text. */

declare(strict_types=1);

$digest = $argv[1];
for ($round = 0; $round < (int) $argv[2]; $round++) {
    $digest = hash('sha256', $digest);
}

return $digest;
