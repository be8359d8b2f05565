--TEST--
A call of the engine that panicked is an error with its text, and is not made again
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
if (!extension_loaded('FFI')) die('skip the host has no FFI');
if (!trim((string) shell_exec('command -v nm'))) die('skip there is no nm to find the table of the engine with');
?>
--EXTENSIONS--
ffi
--INI--
ffi.enable=1
--FILE--
<?php
require __DIR__ . '/../support.inc';
require __DIR__ . '/table.inc';

$vm = FfiZts::boot();
$gate = new FfiZts\Channel();
$task = static fn ($gate) => $gate->recv();
$future = $vm->run($task, [$gate]);
$thread = $vm->thread();
$pool = $vm->pool(1);
$channel = new FfiZts\Channel();
$full = new FfiZts\Channel(1);
$full->send('x');
$buffer = new FfiZts\SharedBuffer(8);
$view = new FfiZts\Int64View($buffer);
$closure = static fn () => 1; // no task has had it

$table = engine_table();
$panic = function (string $call) use ($table): Closure {
    return function (Closure $f) use ($table, $call): void {
        $undo = fail($table, $call);
        try {
            $outcome = 'returned ' . json_encode($f());
        } catch (Throwable $e) {
            $outcome = $e::class . ': ' . $e->getMessage();
        }
        $undo();
        echo $outcome, "\n";
    };
};

$panic('future_wait')(fn () => $future->await());
$panic('future_wait')(fn () => FfiZts\Future::awaitAll([$future]));
$panic('futures_wait')(fn () => FfiZts\Future::awaitFirst([$future]));
$panic('future_done')(fn () => FfiZts\Future::awaitAny([$future]));
$panic('future_done')(fn () => $future->isDone());
$panic('future_cancel')(fn () => $future->cancel());
$panic('future_descriptor')(fn () => $future->getStream());
$queue = new FfiZts\CompletionQueue();
$panic('completions.create')(fn () => new FfiZts\CompletionQueue());
$panic('completions.add')(fn () => $queue->add($future));
$panic('completions.descriptor')(fn () => $queue->getStream());
$key = $queue->add($future);
$panic('completions.take')(fn () => $queue->poll());
$panic('completions.remove')(fn () => $queue->remove($key));
$panic('task_submit')(fn () => $vm->run('strlen', ['x']));
$panic('task_submit')(fn () => $thread->run('strlen', ['x']));
$panic('task_submit')(fn () => $pool->map([1], 'abs'));
$panic('items_wait')(fn () => $pool->map([1], 'abs'));
$panic('items_wait')(fn () => iterator_to_array($pool->mapUnordered([1], 'abs')));
$panic('lane_open')(fn () => $vm->thread());
$panic('lane_open')(fn () => $vm->pool(2));
$panic('channel.create')(fn () => new FfiZts\Channel());
$panic('channel.make')(fn () => FfiZts\Channel::make('name'));
$panic('channel.open')(fn () => FfiZts\Channel::open('name'));
$panic('channel.send')(fn () => $full->send('y'));
$panic('channel.receive')(fn () => $channel->recv());
$panic('channel.receive')(function () use ($channel) { foreach ($channel as $value) { return $value; } });
$panic('channel.descriptor')(fn () => $channel->getStream());
$panic('buffer.create')(fn () => new FfiZts\SharedBuffer(8));
$panic('buffer.slice')(fn () => $buffer->slice(0, 4));
$panic('buffer.slice')(fn () => $view->getBuffer());
$panic('buffer.wait')(fn () => $buffer->wait(0, 0));
$panic('select')(fn () => FfiZts\select([$channel]));
$panic('image_new')(fn () => $channel->send($closure, 0));
/* What failed has left everything as it was. */
$gate->send('still there');
var_dump($future->await(), $thread->run('strlen', ['four'])->await(), $pool->map([-1], 'abs'), $vm->run($closure)->await(), $full->recv());
$panic('lane_kill')(fn () => $thread->kill());
$panic('lane_close')(fn () => $pool->close());
?>
--EXPECT--
FfiZts\Error: internal error in `future_wait`: as asked
FfiZts\Error: internal error in `future_wait`: as asked
FfiZts\Error: internal error in `futures_wait`: as asked
FfiZts\Error: internal error in `future_done`: as asked
FfiZts\Error: internal error in `future_done`: as asked
FfiZts\Error: internal error in `future_cancel`: as asked
FfiZts\Error: internal error in `future_descriptor`: as asked
FfiZts\Error: internal error in `completions.create`: as asked
FfiZts\Error: internal error in `completions.add`: as asked
FfiZts\Error: internal error in `completions.descriptor`: as asked
FfiZts\Error: internal error in `completions.take`: as asked
FfiZts\Error: internal error in `completions.remove`: as asked
FfiZts\Error: internal error in `task_submit`: as asked
FfiZts\Error: internal error in `task_submit`: as asked
FfiZts\Error: internal error in `task_submit`: as asked
FfiZts\Error: internal error in `items_wait`: as asked
FfiZts\Error: internal error in `items_wait`: as asked
FfiZts\Error: internal error in `lane_open`: as asked
FfiZts\Error: internal error in `lane_open`: as asked
FfiZts\Error: internal error in `channel.create`: as asked
FfiZts\Error: internal error in `channel.make`: as asked
FfiZts\Error: internal error in `channel.open`: as asked
FfiZts\Error: internal error in `channel.send`: as asked
FfiZts\Error: internal error in `channel.receive`: as asked
FfiZts\Error: internal error in `channel.receive`: as asked
FfiZts\Error: internal error in `channel.descriptor`: as asked
FfiZts\Error: internal error in `buffer.create`: as asked
FfiZts\Error: internal error in `buffer.slice`: as asked
FfiZts\Error: internal error in `buffer.slice`: as asked
FfiZts\Error: internal error in `buffer.wait`: as asked
FfiZts\Error: internal error in `select`: as asked
FfiZts\Error: internal error in `image_new`: as asked
string(11) "still there"
int(4)
array(1) {
  [0]=>
  int(1)
}
int(1)
string(1) "x"
FfiZts\Error: internal error in `lane_kill`: as asked
FfiZts\Error: internal error in `lane_close`: as asked
