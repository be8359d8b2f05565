<?php

declare(strict_types=1);

/**
 * Calls of extensions that wait end with a stop; what their `finally` waits for does not.
 *
 *   php -d extension=ffi_zts.so waits-stopped.php DIRECTORY JIT EXTENSION
 */
require __DIR__ . '/opcache.inc';

[, $directory, $jit, $extension] = $argv;
touch("$directory/key");
$code = [
    'sysvsem' => '$semaphore = sem_get(ftok("%1$s/key", "w"));
        sem_acquire($semaphore);
        touch("%1$s/started");
        try {
            sem_acquire($semaphore);
        } finally {
            file_put_contents("%1$s/said", json_encode([sem_release($semaphore), sem_acquire($semaphore), sem_remove($semaphore)]));
        }',
    'sysvmsg' => '$queue = msg_get_queue(ftok("%1$s/key", "w"));
        touch("%1$s/started");
        try {
            msg_receive($queue, 1, $type, 100, $message);
        } finally {
            file_put_contents("%1$s/said", json_encode([msg_send($queue, 1, "x"), msg_receive($queue, 1, $type, 100, $message), msg_remove_queue($queue)]));
        }',
    'redis' => '$redis = new Redis();
        $redis->connect(getenv("REDIS_SOCKET"));
        $redis->setOption(Redis::OPT_READ_TIMEOUT, -1);
        touch("%1$s/started");
        try {
            $redis->blPop(["nothing is here"], 0);
        } finally {
            $other = new Redis();
            file_put_contents("%1$s/said", json_encode([$other->connect(getenv("REDIS_SOCKET")), $other->set("a", "b"), $other->get("a") === "b"]));
        }',
][$extension];
$needed = ['redis' => ['igbinary', 'msgpack']][$extension] ?? [];
$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 60.0, 'extensions' => [...opcache_extension($jit), ...$needed, $extension],
    'ini' => opcache_settings($jit)]);
$waits = $vm->run(static fn (string $code) => eval($code), [sprintf($code, $directory)]);
for ($end = microtime(true) + 60; !file_exists("$directory/started"); clearstatcache()) {
    if (microtime(true) > $end || $waits->isDone()) {
        exit("the job did not start\n");
    }
    usleep(1000);
}
usleep(20000);
echo $waits->cancel() && file_get_contents("$directory/said") === '[true,true,true]' ? "ok\n" : "not stopped\n";
