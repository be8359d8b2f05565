--TEST--
A stopped task has its time for `finally` blocks and destructors, nested ones and ones that throw, too; code that has caught the stop is ended long before the deadline
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$begun = new FfiZts\Channel(1);
$seen = new FfiZts\Channel(10);
$tasks = [
    'finally' => static function ($begun, $seen) {
        try { $begun->send(1); while (true) usleep(1000); } finally { usleep(900_000); $seen->send('through'); }
    },
    'nested' => static function ($begun, $seen) {
        try {
            try { $begun->send(1); while (true) usleep(1000); } finally { usleep(600_000); throw new DomainException('another'); }
        } finally {
            (static function () { try { usleep(600_000); } finally { usleep(100_000); } })();
            $seen->send('through');
        }
    },
    'destructor' => 'holds',
    'catch' => static function ($begun, $seen) {
        while (true) { try { $begun->count() || $begun->send(1); while (true) usleep(1000); } catch (Exception $stop) { } }
    },
];
$file = script('class Held { function __construct(private $seen) {} function __destruct() { usleep(900_000); $this->seen->send("through"); } }
    function holds($begun, $seen) { $held = new Held($seen); $begun->send(1); while (true) usleep(1000); }');
$thread = $vm->thread($file);
foreach ($tasks as $name => $task) {
    $future = $thread->run($task, [$begun, $seen]);
    $begun->recv(60);
    $start = hrtime(true);
    $stopped = $future->cancel(60);
    $took = (hrtime(true) - $start) / 1e9;
    echo "$name: ", var_export($stopped, true), ', ', $seen->count() ? $seen->recv() : 'not through', $name === 'catch' ? ($took < 20 ? '' : ", after $took s") : '', "\n";
    while ($begun->count()) $begun->recv();
}
?>
--EXPECT--
finally: true, through
nested: true, through
destructor: true, through
catch: true, not through
