<?php

/*
 * Prime numbers, counted by pecl/parallel inside the guest: a script that uses parallel\Runtime runs on a PHP without
 * thread safety. Without a build of parallel the same work is done by scripts on our own workers.
 *
 *     php -d extension=ffi_zts.so examples/parallel.php [PARALLEL.SO]
 */

declare(strict_types=1);

const PARTS = 4;
const PART = 5000;

// Of the runtime that is booted: a build for another PHP does not fit.
$extension = $argv[1] ?? (ini_get('ffi_zts.runtime') ?: dirname(__DIR__) . '/build/runtime') . '/ext/parallel.so';
if (is_file($extension)) {
    // parallel knows a closure by its address, so it needs opcache, whose addresses stay, where a process runs several scripts.
    $vm = FfiZts::boot(['extensions' => ['opcache', $extension]]);
    $counts = $vm->runScript(__DIR__ . '/workers/runtimes.php', [(string) PARTS, (string) PART])->value;
} else {
    $vm = FfiZts::boot(['threads' => PARTS]);
    $futures = [];
    for ($part = 0; $part < PARTS; $part++) {
        $futures[] = $vm->startScript(__DIR__ . '/workers/primes.php', [(string) ($part * PART), (string) (($part + 1) * PART)]);
    }
    $counts = array_map(static fn (FfiZts\Future $future): int => $future->await()->value, $futures);
}

foreach ($counts as $part => $count) {
    printf("%d primes from %d on\n", $count, $part * PART);
}
printf("%d in all, counted by %s\n", array_sum($counts), is_file($extension) ? 'parallel\Runtime' : 'scripts');
