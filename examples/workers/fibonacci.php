<?php

/* Arguments: an index. Returns that Fibonacci number. */

declare(strict_types=1);

$fibonacci = static function (int $n) use (&$fibonacci): int {
    return $n < 2 ? $n : $fibonacci($n - 1) + $fibonacci($n - 2);
};

return $fibonacci((int) $argv[1]);
