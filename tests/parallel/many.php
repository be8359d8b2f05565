<?php

declare(strict_types=1);

/*
 * 500 runtimes in one process, 20 in each of 25 jobs on two workers.
 *
 *   php many.php PARALLEL.SO
 */

$threads = static fn (): int => count(scandir('/proc/self/task')) - 2;
$descriptors = static fn (): int => count(scandir('/proc/self/fd')) - 2;
$vm = FfiZts::boot(['threads' => 2, 'extensions' => ['opcache', $argv[1]], 'ini' => ['opcache.enable' => '1', 'opcache.file_update_protection' => '0']]);
$job = <<<'PHP'
    <?php
    for ($i = 0; $i < 20; $i++) {
        $runtime = new parallel\Runtime();
        $sum = ($sum ?? 0) + $runtime->run(static fn (int $i): int => $i * $i, [$i])->value();
        $runtime->close();
    }
    return $sum;
    PHP;
$file = tempnam(sys_get_temp_dir(), 'ffi_zts');
file_put_contents($file, $job);
register_shutdown_function(static fn () => unlink($file));
$before = null;
$values = [];
for ($round = 0; $round < 25; $round++) {
    $pair = [$vm->startScript($file), $round < 24 && $round % 2 === 0 ? $vm->startScript($file) : null];
    foreach (array_filter($pair) as $future) {
        $values[] = $future->await()->value;
    }
    $before ??= [$threads(), $descriptors()];
    $round += $pair[1] ? 1 : 0;
}
echo count($values), ' jobs, ', json_encode(array_values(array_unique($values))), ', ',
    [$threads(), $descriptors()] == $before ? 'no thread or descriptor left' : json_encode([$before, $threads(), $descriptors()]), "\n";
