--TEST--
CompletionQueue: futures that are waited for together, by one descriptor; poll() gives those that have ended, in that order
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

echo count((new FfiZts\CompletionQueue())->poll()), " before the first boot\n";
$vm = FfiZts::boot(['threads' => 1]);
$vm->run('abs', [1])->await();
function readable(float $seconds, mixed ...$streams): int
{
    $none = null;
    return stream_select($streams, $none, $none, (int) $seconds, (int) (fmod($seconds, 1) * 1e6));
}
// Of a worker that starts meanwhile the standard streams are three.
$links = fn (): array => array_map(fn (string $link) => (string) @readlink($link), (array) glob('/proc/self/fd/*'));
$descriptors = fn (): int => count(preg_grep('/eventfd/', $links()));
$before = $descriptors();
$queue = new FfiZts\CompletionQueue();
$stream = $queue->getStream();
echo 'descriptors of a queue with its stream: ', $descriptors() - $before, "\n";
$gate = new FfiZts\Channel(-1);
$task = fn (string $name): string => $gate->recv(60.0) . " for $name";
$keys = [];
foreach (['a', 'b', 'c'] as $name) {
    $keys[$queue->add($vm->run($task, [$name]))] = $name;
}
echo count($queue), ' pending, readable: ', readable(0, $stream), ', ended: ', count($queue->poll()), ', descriptors: ', $descriptors() - $before, "\n";
$lines = [];
while ($keys) {
    $gate->send('open'); // one of them gets it
    while (!($ended = $queue->poll())) {
        readable(60, $stream);
    }
    foreach ($ended as $key => $future) {
        $lines[] = $keys[$key] . ': ' . $future->await(0) . "\n";
        unset($keys[$key]);
    }
}
sort($lines);
echo implode($lines);
echo count($queue), ' pending, readable: ', readable(0, $stream), "\n";
// One that has ended, one whose outcome was taken, one that is added twice.
$done = $vm->run(fn () => 1);
$taken = $vm->run(fn () => 2);
$vm->run('abs', [1])->await();
$taken->await();
$keys = [$queue->add($done), $queue->add($taken), $queue->add($done)];
echo 'readable: ', readable(0, $stream), ', ended: ', json_encode(array_keys($queue->poll()) === $keys), ', readable: ', readable(0, $stream), "\n";
// Removed.
$waits = $vm->run($task, ['d']);
$key = $queue->add($waits);
var_dump($queue->remove($key), $queue->remove($key), $queue->remove(12345), count($queue));
$gate->send('open');
echo $waits->await(), ', readable: ', readable(0, $stream), ', ended: ', count($queue->poll()), "\n";
// Many at once, more than one call of the engine takes.
$futures = [];
for ($i = 0; $i < 1000; $i++) {
    $futures[$queue->add($future = $vm->run(fn () => 0))] = $future;
}
for ($count = 0; $count < 1000; $count += count($queue->poll())) {
    readable(60, $stream);
}
echo "$count ended, readable: ", readable(0, $stream), "\n";
// Output of jobs makes it readable, too: poll() delivers it.
$key = $queue->add($loud = $vm->run(function () { for ($i = 0; $i < 3000; $i++) { echo str_repeat('x', 1000); } }));
$bytes = 0;
ob_start(function (string $text) use (&$bytes) { $bytes += strlen($text); return ''; }, 4096);
while (!$queue->poll()) {
    readable(60, $stream);
}
ob_end_flush();
echo "$bytes bytes\n";
// Its stream outlives it; a future goes with it, or stays.
$queue->add($waits = $vm->run($task, ['e']));
unset($queue);
$gate->send('open');
echo $waits->await(), ', readable: ', readable(0, $stream), "\n";
fclose($stream);
unset($stream);
echo 'descriptors: ', $descriptors() - $before, "\n";
$cycle = new FfiZts\CompletionQueue();
thrown(fn () => clone $cycle);
thrown(fn () => $vm->run(fn ($queue) => 1, [$cycle]));
thrown(fn () => $cycle->__construct());
// In a job.
echo $vm->run(function () {
    $queue = new FfiZts\CompletionQueue();
    $stream = $queue->getStream();
    $pool = FfiZts::boot()->pool(1); // a worker in stream_select() is not known to wait
    for ($i = 1; $i <= 20; $i++) {
        $queue->add($pool->submit(fn (int $i) => $i, [$i]));
    }
    for ($sum = 0; count($queue); ) {
        $read = [$stream];
        $none = null;
        stream_select($read, $none, $none, 60);
        foreach ($queue->poll() as $future) {
            $sum += $future->await();
        }
    }
    return $sum;
})->await(), "\n";
$queue = new FfiZts\CompletionQueue();
$queue->add($vm->run(fn () => 'done'));
$vm->run('abs', [1])->await();
$vm->shutdown();
echo $queue->poll()[0]->await(), " after the shutdown\n";
?>
--EXPECT--
0 before the first boot
descriptors of a queue with its stream: 1
3 pending, readable: 0, ended: 0, descriptors: 1
a: open for a
b: open for b
c: open for c
0 pending, readable: 0
readable: 1, ended: true, readable: 0
bool(true)
bool(false)
bool(false)
int(0)
open for d, readable: 0, ended: 0
1000 ended, readable: 0
3000000 bytes
open for e, readable: 0
descriptors: 0
Error: Trying to clone an uncloneable object of class FfiZts\CompletionQueue
FfiZts\TransferException: argument $args[0]: FfiZts\CompletionQueue cannot cross to another thread
FfiZts\Error: a completion queue is constructed once
210
done after the shutdown
