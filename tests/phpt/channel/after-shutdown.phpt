--TEST--
After shutdown() nobody is left who could send or receive: waits of the host that have no limit end, loops as well
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

$vm = FfiZts::boot(['threads' => 2]);
$shared = new Channel(2);
$vm->run('count', [[$shared]])->await();
$channels = ['shared' => $shared, 'own' => new Channel(2), 'rendezvous' => new Channel(), 'named' => Channel::make('named', 2)];
foreach ($channels as $name => $channel) {
    $name === 'rendezvous' || $channel->send($name);
}
$vm->shutdown();
foreach ($channels as $name => $channel) {
    echo "--- $name\n";
    thrown(fn () => $channel->recv(0.001));
    var_dump($channel->isClosed());
    thrown(function () use ($channel) {
        foreach ($channel as $value) {
            echo $value, "\n";
        }
    });
    thrown(fn () => $channel->recv());
    var_dump($channel->isClosed());
}
$full = new Channel(1);
$full->send(1);
thrown(fn () => $full->send(2));
thrown(fn () => (new Channel())->send(1));
echo "--- in other ways\n";
$one = Channel::make('one', 1);
echo json_encode(FfiZts\select(['one' => $one, 'two' => new Channel()])), ' ', json_encode(FfiZts\select([new Channel(1)], 0.001)), "\n";
thrown(fn () => $one->recv());
$cells = new FfiZts\SharedBuffer(64);
thrown(fn () => $cells->wait(0, 0));
var_dump($cells->wait(0, 0, 0.001), $cells->wait(0, 1));
$closed = new Channel(1);
$closed->send('the last');
$closed->close();
foreach ($closed as $value) {
    echo $value, "\n";
}
?>
--EXPECT--
--- shared
nothing thrown, returned string
bool(false)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
--- own
nothing thrown, returned string
bool(false)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
--- rendezvous
FfiZts\TimeoutException: recv(): nothing was sent within 0.001 s
bool(false)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
--- named
nothing thrown, returned string
bool(false)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
--- in other ways
["one","two"] []
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the VM is shut down: nobody is left who could end this wait
bool(false)
bool(true)
the last
