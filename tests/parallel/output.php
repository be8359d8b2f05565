<?php

declare(strict_types=1);

/*
 * Several workers at once, each with runtimes of its own; a job's output, its runtimes' among it, is the host's.
 *
 *   php output.php PARALLEL.SO
 */

$vm = FfiZts::boot(['threads' => 3, 'extensions' => ['opcache', $argv[1]], 'ini' => ['opcache.enable' => '1', 'opcache.file_update_protection' => '0']]);
ob_start();
for ($job = 0; $job < 12; $job++) {
    $futures[] = $vm->startScript(__DIR__ . '/runtimes.php', ["$job"]);
}
$sums = array_map(static fn (FfiZts\Future $future) => $future->await()->value, $futures);
$lines = explode("\n", trim(ob_get_clean()));
sort($lines, SORT_NATURAL);
$wanted = [];
for ($job = 0; $job < 12; $job++) {
    for ($runtime = 0; $runtime < 4; $runtime++) {
        $wanted[] = "job $job, runtime $runtime";
    }
}
echo $lines === $wanted ? 'every line' : 'lines: ' . json_encode($lines), ', ', json_encode(array_unique($sums)), "\n";
