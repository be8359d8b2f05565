--TEST--
A future that is dropped: its job goes on, its output arrives, nothing leaks
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$vm->startScript(script('touch($argv[1]); echo "";'), [tmp('ran')]);
appears(tmp('ran'));
// One that throws, one that fails: nobody asks, nobody is told.
$vm->startScript(script('throw new Exception("unseen");'));
$vm->startScript(script('@trigger_error("unseen", E_USER_ERROR);'));
(function () use ($vm) {
    $future = $vm->startScript(script('return str_repeat("x", 1 << 20);'));
    $stream = $future->getStream();
})();
$future = $vm->startScript(script('return 5;'));
$vm = null;
echo $future->await()->value, "\n";
until(fn () => FfiZts::boot()->info()['jobs']['unfinished'] === 0, 'all jobs end');
$jobs = FfiZts::boot()->info()['jobs'];
echo $jobs['done'] + $jobs['failed'], "\n";
?>
--EXPECT--
5
5
