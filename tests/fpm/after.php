<?php

// What the requests before have left behind.
declare(strict_types=1);

$info = FfiZts::boot()->info();
echo "jobs {$info['jobs']['unfinished']} lost {$info['jobs']['lost']}\n";
FfiZts::boot()->runScript(__DIR__ . '/parts/state.php', ['see']);
