<?php

// Boots with options (JSON) and runs a job. Prints what the guest said, or why it was refused; then whether a named file was
// mapped. Arguments: options, what to look for in the process map.
declare(strict_types=1);

try {
    $result = FfiZts::boot(json_decode($argv[1], true))->runScript(__DIR__ . '/parts/hello.php');
    echo "ran $result->value\n";
} catch (FfiZts\BootException $exception) {
    echo 'refused: ', $exception->getMessage(), "\n";
}
echo str_contains(file_get_contents('/proc/self/maps'), $argv[2]) ? "mapped\n" : "not mapped\n";
exit(3);
