--TEST--
A stop of a job that has to wait for the end of an earlier request does not end what that request runs at its end
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$begun = new FfiZts\Channel(1);
$said = new FfiZts\Channel(10);
$vm->run(function ($begun, $said) {
    register_shutdown_function(function () use ($begun, $said) {
        $begun->send(1);
        for ($until = hrtime(true) + 300_000_000; hrtime(true) < $until;);
        usleep(100_000);
        $said->send('the earlier request has ended');
    });
}, [$begun, $said])->await(60);
// A script begins a request of its own on that worker.
$script = $vm->startScript(script('while (true) { usleep(1000); }'));
$begun->recv(60);
var_dump($script->cancel(60));
echo $said->count() ? $said->recv() : 'cut short', "\n";
try { $script->await(60); } catch (FfiZts\CancelledException) { echo "cancelled\n"; }
echo $vm->run(fn () => 'usable')->await(60), "\n";
?>
--EXPECT--
bool(true)
the earlier request has ended
cancelled
usable
