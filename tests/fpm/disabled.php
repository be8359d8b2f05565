<?php

// Which of some functions and classes are there, in the page and in its jobs.
declare(strict_types=1);

require __DIR__ . '/parts/disabled.php';
$names = [explode(' ', $_GET['functions']), explode(' ', $_GET['classes'] ?? '')];
$vm = FfiZts::boot(['threads' => 2]);
try {
    $there = [
        'page' => present(...$names),
        'script' => $vm->runScript(__DIR__ . '/parts/disabled.php', array_map(static fn (array $all): string => implode(' ', $all), $names))->value,
        'task' => $vm->run(static function (string $file, array $names): string {
            require_once $file;
            return present(...$names);
        }, [__DIR__ . '/parts/disabled.php', $names])->await(),
    ];
} catch (FfiZts\PolicyException $e) {
    exit('refused: ' . $e->getMessage());
}
foreach ($there as $where => $found) {
    echo "$where: $found\n";
}
