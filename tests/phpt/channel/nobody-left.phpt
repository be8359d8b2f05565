--TEST--
A channel that was shared, and all of whose objects now belong to threads that wait for it without a limit, is closed
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

$vm = FfiZts::boot(['threads' => 3]);
// A producer that ends without close(), in whichever way; before the wait or during it.
foreach ([fn ($out) => $out->send('a'), fn ($out) => [$out->send('b'), exit(1)], fn ($out) => [$out->send('c'), throw new Exception('died')],
    fn ($out) => [$out->send('d'), @trigger_error('fatal', E_USER_ERROR)]] as $producer) {
    $channel = new Channel(4);
    $future = $vm->run($producer, [$channel]);
    $future->ignore();
    thrown(function () use ($channel) {
        foreach ($channel as $value) {
            echo $value, ' ';
        }
    });
    var_dump($channel->isClosed());
    thrown(fn () => $channel->recv());
}
$channel = new Channel();
$future = $vm->run(fn ($out) => null, [$channel]);
while (!$future->isDone()) usleep(500);
thrown(fn () => $channel->recv());
// Consumers whose producer lets go without a word: what they have is not all.
$channel = new Channel(2);
$sums = [];
for ($i = 0; $i < 3; $i++) {
    $sums[] = $vm->run(function ($in) {
        $sum = 0;
        try {
            foreach ($in as $value) {
                $sum += $value;
            }
        } catch (FfiZts\ClosedException) {
            return $sum;
        }
        return 'the loop ended';
    }, [$channel]);
}
for ($i = 1; $i <= 100; $i++) {
    $channel->send($i);
}
unset($channel);
echo array_sum(array_map(fn ($future) => $future->await(60.0), $sums)), "\n";
// Senders whose consumer has gone.
$channel = new Channel();
$future = $vm->run(fn ($in) => $in->recv(), [$channel]);
$channel->send(1);
thrown(fn () => $channel->send(2));
$future->await();
// Of a queued task, in a channel, in a result that nobody has read: somebody may still come.
$pool = $vm->pool(1);
$gate = new Channel(1);
$pool->submit(fn () => $gate->recv(60.0))->ignore();
$channel = new Channel();
$pool->submit(fn ($out) => $out->send('of a queued task'), [$channel])->ignore();
$late = $vm->run(function () use ($gate) { usleep(20000); $gate->send(1); });
echo $channel->recv(), "\n";
$late->await();
$channel = new Channel(1);
$box = new Channel(1);
$box->send($channel);
$vm->run(function ($box) { usleep(20000); $box->recv(60.0)->send('of a message'); }, [$box])->ignore();
echo $channel->recv(), "\n";
// Those that are let be: never shared, with a limit, by name.
$alone = new Channel();
thrown(fn () => $alone->recv(0.05));
$channel = new Channel();
$vm->run(fn ($out) => null, [$channel])->await();
thrown(fn () => $channel->recv(0.05));
var_dump($channel->isClosed());
$named = Channel::make('named');
$vm->run(fn ($out) => null, [$named])->await();
$vm->run(function () { usleep(20000); Channel::open('named')->send('by name'); })->ignore();
echo $named->recv(), "\n";
?>
--EXPECT--
a FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
b FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
c FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
d FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
bool(true)
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
5050
FfiZts\ClosedException: the channel is closed: nobody else was left who could have used it
of a queued task
of a message
FfiZts\TimeoutException: recv(): nothing was sent within 0.05 s
FfiZts\TimeoutException: recv(): nothing was sent within 0.05 s
bool(false)
by name
