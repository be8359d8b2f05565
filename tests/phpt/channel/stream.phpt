--TEST--
getStream(): readable while a value or the close can be received; several streams, and streams that outlive the channel
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

function readable(float $seconds, ...$streams): string
{
    [$read, $write, $except] = [$streams, null, null];
    stream_select($read, $write, $except, (int) $seconds, (int) (fmod($seconds, 1) * 1e6));
    return '[' . implode(', ', array_keys($read)) . "]\n";
}

$channel = new Channel(2);
$stream = $channel->getStream();
$again = $channel->getStream();
echo readable(0, $stream, $again);
$channel->send(1);
$channel->send(2);
echo readable(0, $stream, $again);
$channel->recv();
echo readable(0, $stream, $again);
$channel->recv();
echo readable(0, $stream, $again);
$channel->close();
echo readable(0, $stream, $again);
thrown(fn () => $channel->recv());
echo readable(0, $stream, $again, (clone new ArrayObject([$channel->getStream()]))[0]);
unset($channel);
echo readable(0, $stream), get_resource_type($stream), "\n";

$vm = FfiZts::boot(['threads' => 2]);
[$fast, $slow] = [Channel::make('fast'), Channel::make('slow', 3)];
$streams = [$fast->getStream(), $slow->getStream()];
$future = $vm->startScript(script('foreach (["fast", "slow", "fast"] as $i => $name) { FfiZts\Channel::open($name)->send($i); }'));
echo readable(20, ...$streams), $fast->recv(0), "\n";
echo readable(20, $streams[1]), $slow->recv(0), "\n";
echo readable(20, $streams[0]), $fast->recv(0), "\n";
$future->await();
echo readable(0, ...$streams);
// A guest watches as well.
echo $vm->runScript(script('$c = FfiZts\Channel::open("slow"); $r = [$c->getStream()]; $n = null; $a = stream_select($r, $n, $n, 0); $c->send(1); $r = [$c->getStream()]; return $a . stream_select($r, $n, $n, 0);'))->value, "\n";
?>
--EXPECT--
[]
[0, 1]
[0, 1]
[]
[0, 1]
FfiZts\ClosedException: the channel is closed
[0, 1, 2]
[0]
stream
[0]
0
[0]
1
[0]
2
[]
01
