--TEST--
A thread runs its tasks in order, one at a time, and keeps what they leave; close() waits, kill() does not, dropping it loses nothing
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$thread = $vm->thread();
$log = new FfiZts\Channel(-1);
for ($i = 0; $i < 50; $i++) {
    $thread->run(function (int $i, $log): void { if ($i % 7 === 0) usleep(100); $log->send($i); }, [$i, $log]);
}
$thread->close();
$seen = [];
while (count($log)) { $seen[] = $log->recv(); }
var_dump($seen === range(0, 49), $thread->isClosed());
thrown(fn () => $thread->run('abs', [1]));
$thread->close();

$killed = $vm->thread();
$begun = new FfiZts\Channel(1);
$running = $killed->run(function ($begun) { $begun->send(1); while (true); }, [$begun]);
$queued = $killed->run('abs', [-1]);
$begun->recv(10);
$killed->kill();
thrown(fn () => $running->await());
thrown(fn () => $queued->await());
thrown(fn () => $killed->run('abs', [1]));

$slow = $vm->thread();
$future = $slow->run(function () { usleep(300000); return 'done'; });
thrown(fn () => $slow->close(0.01));
$slow = null;
echo $future->await(), "\n";
for ($i = 0; $i < 500 && count($vm->info()['workers']) > 0; $i++) { usleep(10000); }
echo count($vm->info()['workers']), " workers\n";
?>
--EXPECT--
bool(true)
bool(true)
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\CancelledException: the job was cancelled
FfiZts\CancelledException: the job was cancelled
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\TimeoutException: timed out after 0.01 s: 1 task(s) are not done; they go on, kill() stops them
done
0 workers
