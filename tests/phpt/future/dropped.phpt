--TEST--
A future that is dropped: its job goes on, its output arrives, nothing leaks
--FILE--
<?php
require __DIR__ . '/../support.inc';

ini_set('log_errors', '1');
ini_set('error_log', tmp('log'));
$vm = FfiZts::boot(['threads' => 2]);
$vm->startScript(script('touch($argv[1]); echo "";'), [tmp('ran')]);
appears(tmp('ran'));
// One that throws, one that fails: nobody asks, the log is told (nobody-awaited.phpt).
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
until(function (): bool {
    FfiZts::boot()->runScript(script('')); // lines are written while this thread waits for a job
    return count(file(tmp('log'))) >= 2;
}, 'both are told');
echo count(file(tmp('log'))), " lines in the log\n";
?>
--EXPECT--
5
5
2 lines in the log
