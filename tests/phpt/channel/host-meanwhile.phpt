--TEST--
While the host waits for a channel, output of jobs arrives, signal handlers run, and may throw or exit
--SKIPIF--
<?php
if (!extension_loaded('pcntl')) {
    die('skip needs pcntl');
}
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

pcntl_async_signals(true);
echo "-- before a boot\n";
pcntl_signal(SIGALRM, function () { echo "alarm\n"; });
pcntl_alarm(1);
$channel = new Channel;
$start = microtime(true);
thrown(fn () => $channel->recv(1.3));
var_dump(microtime(true) - $start > 1.2);

echo "-- output\n";
$vm = FfiZts::boot(['threads' => 1]);
$done = Channel::make('done');
$future = $vm->startScript(script('echo "written\n"; usleep(100_000); echo str_repeat("x", 3_000_000), "\n"; FfiZts\Channel::open("done")->send(true);'));
ob_start();
var_dump($done->recv(20), str_starts_with(ob_get_contents(), "written\n"));
$future->await();
echo strlen(ob_get_clean()), "\n";

echo "-- a handler that throws\n";
pcntl_signal(SIGALRM, function () { throw new LogicException('from the handler'); });
pcntl_alarm(1);
thrown(fn () => $done->recv());
pcntl_alarm(1);
thrown(fn () => $done->send([1]));
var_dump(count($done));
pcntl_alarm(1);
thrown(function () use ($done) { foreach ($done as $value) { } });
pcntl_alarm(1);
thrown(fn () => FfiZts\select([$done]));
pcntl_alarm(1);
thrown(fn () => (new FfiZts\SharedBuffer(4))->wait(0, 0, null, 32));

echo "-- a handler that exits\n";
register_shutdown_function(function () { echo "shut down\n"; });
pcntl_signal(SIGALRM, function () { exit("exit\n"); });
pcntl_alarm(1);
$done->send('lost', 10);
echo "not reached\n";
?>
--EXPECT--
-- before a boot
alarm
FfiZts\TimeoutException: recv(): nothing was sent within 1.3 s
bool(true)
-- output
3000031
-- a handler that throws
LogicException: from the handler
LogicException: from the handler
int(0)
LogicException: from the handler
LogicException: from the handler
LogicException: from the handler
-- a handler that exits
exit
shut down
