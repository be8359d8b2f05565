<?php

// One ordinary request: host, guest, host; then who served it and how much memory that has.
declare(strict_types=1);

header('X-Page: yes');
$n = $_GET['n'];
echo "host $n\n";
$result = FfiZts::boot()->runScript(__DIR__ . '/parts/echo.php', [$n]);
echo "end $n $result->exitCode {$result->value}\n";
preg_match('/VmRSS:\s+(\d+)/', file_get_contents('/proc/self/status'), $memory);
echo 'child ', getmypid(), " $memory[1] ", count(scandir('/proc/self/task')) - 2, ' ', count(scandir('/proc/self/fd')) - 2, "\n";
