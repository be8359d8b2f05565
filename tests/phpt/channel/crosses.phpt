--TEST--
Channels and buffers cross by handle, inside of anything, and live as long as anybody holds them
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

$vm = FfiZts::boot(['threads' => 2]);
$service = Channel::make('service');
$future = $vm->startScript(script(<<<'PHP'
    foreach (FfiZts\Channel::open('service') as $request) {
        $request['reply']->send($request['n'] * 2);
        $request['memory'][$request['n']] = $request['n'];
        $request['reply']->close();
    }
    PHP));
$memory = FfiZts\Int64View::fromArray(array_fill(0, 4, 0));
foreach ([1, 2, 3] as $n) {
    $reply = new Channel(1);
    $service->send(['n' => $n, 'reply' => $reply, 'memory' => $memory]);
    echo $reply->recv(), "\n";
    thrown(fn () => $reply->recv(20));
}
$service->close();
$future->await();
echo json_encode($memory->toArray()), "\n";

// Twice in one message: one object. In itself: it can be had back.
$channel = new Channel(1);
$channel->send([$channel, $channel]);
[$one, $two] = $channel->recv();
var_dump($one === $two, $one == $channel);
// In a channel that nobody has any more: gone with it.
(function () {
    $outer = new Channel(1);
    $outer->send(Channel::make('inner'));
    Channel::open('inner');
    unset($outer);
    thrown(fn () => Channel::open('inner'));
})();
?>
--EXPECT--
2
FfiZts\ClosedException: the channel is closed
4
FfiZts\ClosedException: the channel is closed
6
FfiZts\ClosedException: the channel is closed
[0,1,2,3]
bool(true)
bool(true)
FfiZts\Error: there is no channel "inner": it has not been made, or nobody has held it since
