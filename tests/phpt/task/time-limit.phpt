--TEST--
A time limit of a task stops it, wherever it is, also when nobody waits; others go on
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$limits = [
    $vm->run(function () { while (true); }, [], 0.1),
    $vm->run(function () { sleep(60); return 'slept'; }, timeout: 0.1),
    $vm->run(fn () => 'quick', [], 30.0),
    // Long enough for the task to get as far as `try` on a machine that has other things to do.
    $vm->run(function () { try { while (true); } finally { echo "finally\n"; } }, [], 1.5),
];
foreach ($limits as $future) {
    $e = thrown(fn () => $future->await(20));
}
// Of a wait: the task goes on.
$leave = new FfiZts\Channel();
$slow = $vm->run(function ($leave) { return $leave->recv(); }, [$leave]);
thrown(fn () => $slow->await(0.01));
$leave->send('done');
echo $slow->await(), "\n";
?>
--EXPECT--
FfiZts\TimeoutException: the job ran longer than its limit of 0.1 s and was stopped
FfiZts\TimeoutException: the job ran longer than its limit of 0.1 s and was stopped
nothing thrown, returned string
finally
FfiZts\TimeoutException: the job ran longer than its limit of 1.5 s and was stopped
FfiZts\TimeoutException: timed out after 0.01 s; the job goes on, cancel() stops it
done
