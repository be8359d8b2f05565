<?php

// Some tens of milliseconds of computing, with an array, strings and calls.
declare(strict_types=1);

return (require __DIR__ . '/work.php')(1_000_000);
