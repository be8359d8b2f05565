--TEST--
A pool or thread that is closed while a task is made for it says so; after a shutdown to close it does nothing; on the host and in a script
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$steps = script(<<<'PHP'
    // Does something with its pool or thread while it is encoded.
    class Meddles
    {
        public function __construct(private readonly Closure $do)
        {
        }

        public function __serialize(): array
        {
            ($this->do)();
            return [];
        }
    }
    $message = function (Closure $do): string {
        try {
            return json_encode($do());
        } catch (FfiZts\Exception $exception) {
            return $exception::class . ': ' . $exception->getMessage();
        }
    };
    $seen = [];
    foreach (['close', 'kill'] as $end) {
        $thread = FfiZts::boot()->thread();
        $seen[] = $message(fn () => $thread->run('abs', [new Meddles($thread->$end(...))]));
        $pool = FfiZts::boot()->pool(1);
        $seen[] = $message(fn () => $pool->submit('abs', [new Meddles($pool->$end(...))]));
        $pool = FfiZts::boot()->pool(1);
        $seen[] = $message(fn () => $pool->map([-1, new Meddles($pool->$end(...))], 'abs'));
        $pool = FfiZts::boot()->pool(1);
        $seen[] = $message(fn () => $pool->map((function () use ($pool, $end) { yield -1; $pool->$end(); yield -2; })(), 'abs'));
    }
    return [...$seen, FfiZts::boot()->run('abs', [-3])->await()];
    PHP);
echo implode("\n", $here = require $steps), "\n";
var_dump($vm->runScript($steps)->value === $here);

echo "-- after the end\n";
[$pool, $thread, $idle, $open] = [$vm->pool(2), $vm->thread(), $vm->pool(1), $vm->thread()];
$pool->map([1, 2], 'abs');
$vm->shutdown();
$pool->close();
$pool->close(0.01);
$pool->kill();
$thread->kill();
$thread->close();
$idle->close();
var_dump($pool->isClosed(), $thread->isClosed(), $idle->isClosed(), $open->isClosed());
thrown(fn () => $pool->submit('abs', [1]));
thrown(fn () => $open->run('abs', [1]));
?>
--EXPECT--
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: it is closed and takes no more tasks
3
bool(true)
-- after the end
bool(true)
bool(true)
bool(true)
bool(false)
FfiZts\ClosedException: it is closed and takes no more tasks
FfiZts\ClosedException: the VM is shut down and takes no more jobs
