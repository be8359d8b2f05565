<?php

// Writes and reads the environment for some seconds. Returns the number of rounds.
[, $seconds, $me] = $argv;
$end = hrtime(true) + $seconds * 1_000_000_000;
$rounds = 0;
putenv("FFI_ZTS_SHARED=$me");
while (hrtime(true) < $end) {
    $name = 'FFI_ZTS_GUEST_' . $rounds % 500;
    putenv($name . '=' . str_repeat('g', $rounds % 300));
    if (strlen((string) getenv($name)) !== $rounds % 300 || getenv('FFI_ZTS_SHARED') !== $me) {
        return 0;
    }
    if ($rounds % 50 === 0) {
        getenv();
        date('r');
        mktime(1, 2, 3, 4, 5, 2026);
    }
    putenv($name);
    $rounds++;
}
return $rounds;
