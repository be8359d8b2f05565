--TEST--
getSendStream(): readable while send() would not wait; with capacity 0 that is while somebody waits to receive
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

function readable(float $seconds, $stream): int
{
    [$read, $write, $except] = [[$stream], null, null];
    return stream_select($read, $write, $except, (int) $seconds);
}

$channel = new Channel(1);
$stream = $channel->getSendStream();
echo readable(0, $stream);
$channel->send('a');
echo readable(0, $stream);
$channel->recv();
echo readable(0, $stream);
$channel->send('b');
$channel->close();
echo readable(0, $stream), "\n";
thrown(fn () => $channel->send('c', 0.0));

$vm = FfiZts::boot(['threads' => 2]);
$meet = Channel::make('meet');
$stream = $meet->getSendStream();
echo readable(0, $stream);
$future = $vm->startScript(script('return FfiZts\Channel::open("meet")->recv();'));
echo readable(20, $stream);
$meet->send('now', 0.0);
echo readable(0, $stream), "\n", $future->await()->value, "\n";
// A guest waits for room as well.
$full = Channel::make('full', 1);
$full->send(1);
$future = $vm->startScript(script('$c = FfiZts\Channel::open("full"); $r = [$c->getSendStream()]; $n = null; stream_select($r, $n, $n, 20); $c->send(2, 0.0);'));
echo $full->recv();
$future->await();
echo $full->recv(), "\n";
?>
--EXPECT--
1011
FfiZts\ClosedException: the channel is closed
010
now
12
