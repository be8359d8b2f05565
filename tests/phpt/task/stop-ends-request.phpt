--TEST--
A task that was stopped ends the request that its worker keeps: the next one meets no statics between two states, and no suspended fibers; queued tasks go on in the new request
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$bootstrap = script('
    class Guard
    {
        static bool $busy = false;
        static int $served = 0;
        static ?Fiber $fiber = null;

        static function run(callable $f)
        {
            if (self::$busy) throw new LogicException("busy");
            self::$busy = true;
            $result = $f();
            self::$busy = false;
            return $result . ", task " . ++self::$served . " of its request";
        }
    }');
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => $bootstrap]);
$begun = new FfiZts\Channel(1);
$ended = new FfiZts\Channel(10);
$task = static function ($begun, $ended) {
    Guard::$fiber = new Fiber(function () use ($ended) { try { Fiber::suspend(); } finally { $ended->send('the fiber has ended'); } });
    Guard::$fiber->start();
    return Guard::run(function () use ($begun) { $begun->send(1); while (true) usleep(1000); });
};
$usable = static fn () => Guard::run(fn () => 'usable');
echo $vm->run($usable)->await(60), "\n", $vm->run($usable)->await(60), "\n";

$future = $vm->run($task, [$begun, $ended]);
$queued = [$vm->run($usable), $vm->run($usable)];
$begun->recv(60);
var_dump($future->cancel(60));
foreach ($queued as $next) {
    echo $next->await(60), "\n";
}
echo $ended->recv(60), "\n";

$over = $vm->run($task, [$begun, $ended], timeout: 0.05);
try { $over->await(60); } catch (FfiZts\TimeoutException) { echo "over its limit\n"; }
echo $vm->run($usable)->await(60), "\n", $ended->recv(60), "\n";
?>
--EXPECT--
usable, task 1 of its request
usable, task 2 of its request
bool(true)
usable, task 1 of its request
usable, task 2 of its request
the fiber has ended
over its limit
usable, task 1 of its request
the fiber has ended
