<?php
//# options: --threads 2
//# stdout: sum 190
//# stdout: one worker
//# stdout: fresh
//# stdout: pool 30
//# stdout: fatal
//# stdout: serves again
//# valgrind
// Contexts of the guest that serve one thread after another: each begins anew, and all are given back at the end.
$vm = FfiZts::boot();
$tid = static fn (): string => basename((string) readlink('/proc/thread-self'));
$sum = 0;
$seen = [];
for ($i = 0; $i < 20; $i++) {
    $thread = $vm->thread();
    $sum += $thread->run(static function (int $n): int {
        $GLOBALS['kept'][] = new ArrayObject(range(1, 50));
        ini_set('precision', (string) (3 + $n % 5));
        stream_socket_client('udp://127.0.0.1:9', flags: STREAM_CLIENT_CONNECT | STREAM_CLIENT_PERSISTENT);
        realpath(__DIR__);
        return count($GLOBALS['kept']) === 1 ? $n : 1000;
    }, [$i])->await();
    $seen[$thread->run($tid)->await()] = 1;
    $thread->close();
}
echo "sum $sum\n";
echo count($seen) === 1 ? "one worker\n" : 'workers ' . count($seen) . "\n";
$thread = $vm->thread();
echo $thread->run(static fn (): bool => isset($GLOBALS['kept']) || ini_get('precision') !== '14')->await() ? "used\n" : "fresh\n";
unset($thread);
$pool = $vm->pool(3);
echo 'pool ', array_sum($pool->map(range(0, 4), static function (int $n): int { usleep(1000); return $n ** 2; })), "\n";
unset($pool);
$thread = $vm->thread();
try {
    $thread->run(static function (): void { @trigger_error('over', E_USER_ERROR); })->await();
} catch (FfiZts\ScriptException) {
    echo "fatal\n";
}
$thread->close();
for ($i = 0; $i < 3; $i++) {
    $threads[] = $thread = $vm->thread();
    $thread->run('abs', [$i])->await();
}
echo "serves again\n";
