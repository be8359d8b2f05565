--TEST--
Blocked threads take no processor time: a worker none at all, the host next to nothing
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

function spent(): int
{
    $sum = 0;
    foreach (glob('/proc/self/task/*/schedstat') as $file) {
        $sum += (int) @file_get_contents($file);
    }
    return $sum;
}

if (!is_readable('/proc/self/task/' . getmypid() . '/schedstat')) {
    die('idle');
}
$vm = FfiZts::boot(['threads' => 3]);
$never = Channel::make('never');
$memory = FfiZts\Int64View::fromArray([0]);
$handed = Channel::make('memory', 1);
$handed->send($memory->getBuffer());
$futures = [
    $vm->startScript(script('FfiZts\Channel::open("never")->recv();')),
    $vm->startScript(script('FfiZts\Channel::open("memory")->recv()->wait(0, 0);')),
    $vm->startScript(script('FfiZts\select([FfiZts\Channel::open("never")]);')),
];
until(fn () => count($handed) === 0, 'the buffer is taken');
usleep(200_000);
$before = spent();
usleep(1_000_000);
$workers = spent() - $before;
$before = spent();
thrown(fn () => (new Channel)->recv(1.0));
$host = spent() - $before;
echo $workers < 3_000_000 && $host < 20_000_000 ? 'idle' : "worked: $workers ns, with the host waiting $host ns", "\n";
foreach ($futures as $future) {
    $future->cancel();
}
?>
--EXPECTF--
%Aidle
