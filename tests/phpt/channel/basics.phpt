--TEST--
A channel in one thread: order, bounds, times, close and drain, names, misuse
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

Probe::start();
$channel = new Channel(3);
$channel->send(1);
$channel->send('two');
$channel->send([3, ['x' => null]]);
var_dump(count($channel), $channel->getCapacity(), $channel->getName(), $channel->isClosed());
thrown(fn () => $channel->send(4, 0.01));
thrown(fn () => $channel->send(4, 0));
var_dump($channel->recv(), $channel->recv(0), json_encode($channel->recv(5)));
thrown(fn () => $channel->recv(0.01));
thrown(fn () => $channel->recv(-1));
thrown(fn () => $channel->recv(NAN));
thrown(fn () => $channel->send(1, -0.5));

echo "-- every scalar\n";
foreach ([null, false, true, 0, PHP_INT_MIN, PHP_INT_MAX, -0.0, INF, '', "a\0b", 1.5] as $value) {
    $channel->send($value);
    $same = $channel->recv(0);
    if ($same !== $value || var_export($same, true) !== var_export($value, true)) {
        var_dump($value, $same);
    }
}

echo "-- close\n";
$unbounded = new Channel(Channel::UNBOUNDED);
foreach (range(1, 1000) as $i) {
    $unbounded->send($i, 0);
}
$unbounded->close();
$unbounded->close();
var_dump($unbounded->isClosed(), count($unbounded), $unbounded->getCapacity());
thrown(fn () => $unbounded->send(1));
$sum = 0;
foreach ($unbounded as $key => $value) {
    $sum += $value;
    if ($key === 9) {
        break;
    }
}
var_dump($sum, count($unbounded), $unbounded->recv());
var_dump(array_sum(iterator_to_array($unbounded)) + $sum + 11);
thrown(fn () => $unbounded->recv());

echo "-- names\n";
$made = Channel::make('pipe', 1);
thrown(fn () => Channel::make('pipe'));
$opened = Channel::open('pipe');
$made->send('through');
var_dump($opened->recv(0), $opened == $made, $opened == $channel, $opened->getName());
unset($made);
var_dump(Channel::open('pipe') == $opened);
$opened->close();
thrown(fn () => $opened->recv());
unset($opened);
thrown(fn () => Channel::open('pipe'));
Channel::make('pipe');
Channel::make('');

echo "-- misuse\n";
thrown(fn () => new Channel(-2));
thrown(fn () => clone $channel);
thrown(fn () => serialize($channel));
thrown(fn () => $channel->__construct(1));
thrown(function () use ($channel) { $channel->x = 1; });
thrown(function () use ($channel) { foreach ($channel as &$value) { } });
thrown(fn () => $channel->send(['a' => ['b' => (function () { yield 1; })()]]));
var_dump(count($channel));
Probe::assertSame();
?>
--EXPECTF--
int(3)
int(3)
NULL
bool(false)
FfiZts\TimeoutException: send(): not received within 0.01 s
FfiZts\TimeoutException: send(): not received within 0 s
int(1)
string(3) "two"
string(14) "[3,{"x":null}]"
FfiZts\TimeoutException: recv(): nothing was sent within 0.01 s
FfiZts\Error: timeout: must be 0 or more seconds, -1 given
FfiZts\Error: timeout: must be 0 or more seconds, %s given
FfiZts\Error: timeout: must be 0 or more seconds, -0.5 given
-- every scalar
-- close
bool(true)
int(1000)
int(-1)
FfiZts\ClosedException: the channel is closed
int(55)
int(990)
int(11)
int(500500)
FfiZts\ClosedException: the channel is closed
-- names
FfiZts\Error: there is a channel "pipe" already
string(7) "through"
bool(true)
bool(false)
string(4) "pipe"
bool(true)
FfiZts\ClosedException: the channel "pipe" is closed
FfiZts\Error: there is no channel "pipe": it has not been made, or nobody has held it since
-- misuse
FfiZts\Error: capacity: must be 0 or more, or Channel::UNBOUNDED, -2 given
Error: Trying to clone an uncloneable object of class FfiZts\Channel
Exception: Serialization of 'FfiZts\Channel' is not allowed
FfiZts\Error: a channel is constructed once
Error: Cannot create dynamic property FfiZts\Channel::$x
Error: An iterator cannot be used with foreach by reference
FfiZts\TransferException: message['a']['b']: Generator cannot cross to another thread
int(0)
same
