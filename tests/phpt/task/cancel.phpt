--TEST--
cancel() of a task: queued, in a loop, in sleep, in a channel; finally blocks and destructors run; one that catches everything is bailed out of
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 4]);
$begun = new FfiZts\Channel(10);
$cleaned = new FfiZts\Channel(10);
$forever = new FfiZts\Channel(0);
$tasks = [
    'loop' => function ($begun, $cleaned) {
        try { $begun->send(1); while (true); } finally { $cleaned->send('finally'); }
    },
    'sleep' => function ($begun, $cleaned) {
        $guard = new ArrayObject();
        try { $begun->send(1); sleep(60); while (true); } finally { $cleaned->send('finally'); }
    },
    'channel' => function ($begun, $cleaned, $forever) {
        try { $begun->send(1); $forever->recv(); } finally { $cleaned->send('finally'); }
    },
    'nested future' => function ($begun, $cleaned) {
        $inner = FfiZts::boot()->run(function ($begun) { $begun->send(1); usleep(300000); }, [$begun]);
        try { $inner->await(); while (true); } finally { $cleaned->send('finally'); }
    },
    'stubborn' => function ($begun, $cleaned) {
        while (true) { try { $begun?->send(1); $begun = null; while (true); } catch (Throwable $e) { $cleaned->send(get_class($e)); } }
    },
];
foreach ($tasks as $name => $task) {
    $future = $vm->run($task, [$begun, $cleaned, $forever]);
    $waiting = $vm->run(fn () => 'after');
    $queued = $vm->run(fn () => 'never');
    $begun->recv(10);
    // Another worker may stand in for one that waits, and be there already.
    if ($name !== 'channel' && $name !== 'nested future') {
        var_dump($queued->cancel());
        thrown(fn () => $queued->await());
    }
    echo $name, ': ';
    var_dump($future->cancel());
    thrown(fn () => $future->await());
    echo $cleaned->recv(10), ' ', $waiting->await(10), "\n";
    var_dump($future->cancel(), $waiting->cancel());
}
?>
--EXPECT--
bool(true)
FfiZts\CancelledException: the job was cancelled
loop: bool(true)
FfiZts\CancelledException: the job was cancelled
finally after
bool(false)
bool(false)
bool(true)
FfiZts\CancelledException: the job was cancelled
sleep: bool(true)
FfiZts\CancelledException: the job was cancelled
finally after
bool(false)
bool(false)
channel: bool(true)
FfiZts\CancelledException: the job was cancelled
finally after
bool(false)
bool(false)
nested future: bool(true)
FfiZts\CancelledException: the job was cancelled
finally after
bool(false)
bool(false)
bool(true)
FfiZts\CancelledException: the job was cancelled
stubborn: bool(true)
FfiZts\CancelledException: the job was cancelled
FfiZts\CancelledException after
bool(false)
bool(false)
