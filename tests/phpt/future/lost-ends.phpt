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
foreach ([[$endless, 0.0], [$endless, 0.005], [$asleep, 0.0]] as [$job, $deadline]) {
    @unlink(tmp('started'));
    $future = $vm->startScript($job, [tmp('started')]);
    started($future, tmp('started'));
    var_dump($future->cancel($deadline));
    thrown(fn () => $future->await());
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
bool(false)
FfiZts\CancelledException: the job did not stop by its deadline and is lost; its thread ends when its call returns
bool(false)
int(0)
bool(false)
FfiZts\CancelledException: the job did not stop by its deadline and is lost; its thread ends when its call returns
bool(false)
int(0)
bool(false)
FfiZts\CancelledException: the job did not stop by its deadline and is lost; its thread ends when its call returns
bool(false)
int(0)
goes on
