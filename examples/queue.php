<?php

/*
 * A queue of work: twelve jobs, of which at most three run at once. Whenever one ends, the next one starts.
 *
 *     php -d extension=ffi_zts.so examples/queue.php
 */

declare(strict_types=1);

/**
 * Runs a script once for each list of arguments.
 *
 * @param array<string, list<string>> $jobs  name of a job => arguments of the script
 * @param positive-int                $limit how many may run at once
 *
 * @return array<string, mixed> what each returned, in the order in which the jobs were given
 */
function runQueue(FfiZts\Vm $vm, string $script, array $jobs, int $limit): array
{
    $results = array_fill_keys(array_keys($jobs), null);
    $running = [];
    $streams = [];
    while ($jobs !== [] || $running !== []) {
        while ($jobs !== [] && count($running) < $limit) {
            $name = array_key_first($jobs);
            $running[$name] = $vm->startScript($script, $jobs[$name]);
            $streams[$name] = $running[$name]->getStream();
            unset($jobs[$name]);
        }
        // Sleeps until a job has ended: its stream becomes readable.
        $ready = $streams;
        $none = null;
        stream_select($ready, $none, $none, null);
        foreach (array_keys($ready) as $name) {
            $results[$name] = $running[$name]->await()->value;
            unset($running[$name], $streams[$name]);
        }
    }
    return $results;
}

$jobs = [];
for ($index = 8; $index < 20; $index++) {
    $jobs["fibonacci($index)"] = [(string) $index];
}

$vm = FfiZts::boot(['threads' => 3]);
foreach (runQueue($vm, __DIR__ . '/workers/fibonacci.php', $jobs, limit: 3) as $name => $value) {
    echo "$name = $value\n";
}
