--TEST--
A script that waits is stopped at once: in recv, send, foreach, select and on a cell; a time limit ends it as well
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

$vm = FfiZts::boot(['threads' => 2]);
$never = Channel::make('never');
$ready = Channel::make('ready');
$cases = [
    'recv' => '$c->recv();',
    'with a time' => '$c->recv(600);',
    'send' => '$c->send([1, 2]);',
    'foreach' => 'foreach ($c as $v) { }',
    'select' => 'FfiZts\select([$c, $c], 600);',
    'cell' => '(new FfiZts\SharedBuffer(8))->wait(0, 0);',
];
foreach ($cases as $name => $code) {
    $future = $vm->startScript(script(<<<PHP
        \$c = FfiZts\Channel::open('never');
        register_shutdown_function(function () { FfiZts\Channel::open('ready')->send('shut down', 20); });
        FfiZts\Channel::open('ready')->send('$name');
        $code
        touch('went on');
        PHP));
    echo $ready->recv(20), ': ';
    usleep(20_000);
    $start = microtime(true);
    // Its shutdown function needs the host: the cancel is asked for and waited for by the job's end.
    $stopped = null;
    $helper = $vm->startScript(script('return FfiZts\Channel::open("ready")->recv(20);'));
    var_dump($future->cancel());
    $taken = microtime(true) - $start;
    echo $helper->await()->value, $taken < 1.0 ? '' : " after $taken s", count($never) ? ' and left something' : '', "\n";
    thrown(fn () => $future->await());
}
var_dump(file_exists('went on'));
// The handler of the time limit's signal runs on the thread that waits.
$future = $vm->startScript(script('set_time_limit(1); FfiZts\Channel::open("never")->recv();'));
$start = microtime(true);
thrown(fn () => $future->await(30));
var_dump(microtime(true) - $start < 5);
?>
--EXPECTF--
recv: bool(true)
shut down
FfiZts\CancelledException: %s
with a time: bool(true)
shut down
FfiZts\CancelledException: %s
send: bool(true)
shut down
FfiZts\CancelledException: %s
foreach: bool(true)
shut down
FfiZts\CancelledException: %s
select: bool(true)
shut down
FfiZts\CancelledException: %s
cell: bool(true)
shut down
FfiZts\CancelledException: %s
bool(false)
FfiZts\ScriptException: Maximum execution time of 1 second exceeded
bool(true)
