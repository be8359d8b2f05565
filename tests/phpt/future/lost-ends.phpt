--TEST--
Promise 13: a lost job is stopped all the same, as soon as it can be: no shutdown function or destructor of its goes on for ever
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$endless = script('
    class Endless { function __destruct() { while (true); } }
    register_shutdown_function(function () { while (true); });
    register_shutdown_function(function () { while (true); });
    $object = new Endless();
    touch($argv[1]);
    while (true);');
$asleep = script('touch($argv[1]); sleep(1000);');
$lost = FfiZts\CancelledException::class . ': the job did not stop by its deadline and is lost; its thread ends when its call returns';
$stopped = FfiZts\CancelledException::class . ': the job was cancelled';
// A few milliseconds may be enough for both of the endless job's stops, or for none: what is answered and what is thrown agree.
foreach ([[$endless, 0.0], [$endless, 0.005], [$asleep, 0.0]] as [$job, $deadline]) {
    @unlink(tmp('started'));
    $future = $vm->startScript($job, [tmp('started')]);
    started($future, tmp('started'));
    $done = $future->cancel($deadline);
    ob_start();
    thrown(fn () => $future->await());
    $told = rtrim(ob_get_clean());
    var_dump($deadline > 0.0 || !$done);
    echo $told === ($done ? $stopped : $lost) ? "told so\n" : "cancel(): " . var_export($done, true) . ", but {$told}\n";
    $end = microtime(true) + 10 * patience();
    do {
        usleep(1000);
        $states = array_column($vm->info()['workers'], 'state');
    } while (in_array('lost', $states, true) && microtime(true) < $end);
    var_dump(in_array('lost', $states, true), $vm->info()['jobs']['unfinished']);
}
echo $vm->runScript(script('return "goes on";'))->value, "\n";
?>
--EXPECT--
bool(true)
told so
bool(false)
int(0)
bool(true)
told so
bool(false)
int(0)
bool(true)
told so
bool(false)
int(0)
goes on
