<?php

/*
 * Four scripts on four operating system threads, inside a PHP that is not thread-safe.
 *
 *     php -d extension=ffi_zts.so examples/demo.php
 *
 * The scripts wait for one another (examples/workers/meet.php), so this ends only if all four run at the same time.
 */

declare(strict_types=1);

const SCRIPTS = 4;

$directory = sys_get_temp_dir() . '/ffi_zts-demo-' . bin2hex(random_bytes(6));
mkdir($directory, 0700);

$vm = FfiZts::boot(['threads' => SCRIPTS]);

$futures = [];
for ($number = 1; $number <= SCRIPTS; $number++) {
    $arguments = [(string) $number, (string) SCRIPTS, $directory];
    $futures[$number] = $vm->startScript(__DIR__ . '/workers/meet.php', $arguments);
}
$results = array_map(static fn (FfiZts\Future $future): array => $future->await(60.0)->value, $futures);

array_map(unlink(...), glob("$directory/*"));
rmdir($directory);

$thread = (int) basename(readlink('/proc/thread-self'));
printf("host      pid %d  thread %d  PHP %s  PHP_ZTS=%d\n", getmypid(), $thread, PHP_VERSION, PHP_ZTS);
foreach ($results as $number => $result) {
    printf(
        "script %d  pid %d  thread %d  PHP %s  PHP_ZTS=%d  %d primes from %d on\n",
        $number,
        $result['pid'],
        $result['thread'],
        $result['version'],
        $result['zts'],
        $result['primes'],
        $result['from'],
    );
}

$threads = array_unique([$thread, ...array_column($results, 'thread')]);
if (count($threads) !== SCRIPTS + 1 || array_unique(array_column($results, 'pid')) !== [getmypid()]) {
    fwrite(STDERR, "That was not one process with a thread for each script.\n");
    exit(1);
}
printf("%d scripts ran at once, in one process, on a thread each: %d primes.\n", SCRIPTS, array_sum(array_column($results, 'primes')));
