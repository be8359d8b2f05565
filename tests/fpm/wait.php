<?php

// A job that takes its time: ?seconds=…
declare(strict_types=1);

echo "before\n";
$result = FfiZts::boot()->runScript(__DIR__ . '/parts/wait.php', [$_GET['seconds']]);
echo "after $result->exitCode\n";
