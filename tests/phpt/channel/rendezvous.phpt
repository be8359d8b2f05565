--TEST--
A rendezvous with a worker: values both ways, a sender that gives up, an end for everybody
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

$vm = FfiZts::boot(['threads' => 2]);
$there = Channel::make('there');
$back = Channel::make('back');
$future = $vm->startScript(script(<<<'PHP'
    $there = FfiZts\Channel::open('there');
    $back = FfiZts\Channel::open('back');
    foreach ($there as $key => $value) {
        $back->send([$key, $value]);
    }
    try {
        $there->recv();
    } catch (FfiZts\ClosedException $e) {
        return $e->getMessage();
    }
    PHP));
foreach ([1, 'two', [3], null, 4.5] as $value) {
    $there->send($value);
    echo json_encode($back->recv()), "\n";
}
$there->close();
echo $future->await()->value, "\n";

// Nobody receives: the value is withdrawn, and is not there later.
thrown(fn () => $back->send('withdrawn', 0.02));
thrown(fn () => $back->send('at once', 0));
$future = $vm->startScript(script('return FfiZts\Channel::open("back")->recv();'));
$back->send('taken', 20);
var_dump($future->await()->value);

// A worker that sends waits until the host receives.
$future = $vm->startScript(script('$t = microtime(true); FfiZts\Channel::open("back")->send("late"); return microtime(true) - $t;'));
usleep(50_000);
var_dump(count($back), $future->isDone(), $back->recv(), $future->await()->value > 0.01);
?>
--EXPECT--
[0,1]
[1,"two"]
[2,[3]]
[3,null]
[4,4.5]
the channel "there" is closed
FfiZts\TimeoutException: send(): not received within 0.02 s
FfiZts\TimeoutException: send(): not received within 0 s
string(5) "taken"
int(1)
bool(false)
string(4) "late"
bool(true)
