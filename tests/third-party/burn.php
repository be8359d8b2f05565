<?php

// Burns CPU for the given number of seconds.
$end = hrtime(true) + (int) ($argv[1] * 1e9);
while (hrtime(true) < $end) {
    hash('sha256', 'x');
}
