<?php

/* Reads the output of examples/hello.php, run in the guest, from standard input. */

declare(strict_types=1);

exit(preg_match('/^Hello from PHP \d+\.\d+\.\S+, SAPI ffi-zts, PHP_ZTS=1\.\n$/D', (string) stream_get_contents(STDIN)) === 1 ? 0 : 1);
