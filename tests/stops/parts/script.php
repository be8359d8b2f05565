<?php

/** A kind as a script of its own; an exit at a stop runs no `finally` block. */

declare(strict_types=1);

require __DIR__ . '/bootstrap.php';

$kind = (require dirname(__DIR__) . '/kinds.php')[$argv[1]];
FfiZts\Channel::open('begun')->send(true);
$kind();
