<?php

/* Arguments: a file. Waits until it exists, removes it, and returns what was in it. */

declare(strict_types=1);

$deadline = hrtime(true) + 20e9;
while (!file_exists($argv[1])) {
    if (hrtime(true) > $deadline) {
        throw new RuntimeException("{$argv[1]} did not appear within 20 seconds");
    }
    usleep(1000);
    clearstatcache();
}
$text = file_get_contents($argv[1]);
unlink($argv[1]);

return $text;
