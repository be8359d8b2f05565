--TEST--
Promise 13, hazard 18: a job in a call that computes for long is lost by the deadline; the VM goes on without its worker
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 0.5]);
// One call of C code, which looks at nothing until it is done: as many rounds as take some seconds here.
$rounds = 20000;
do {
    $rounds *= 2;
    $start = microtime(true);
    hash_pbkdf2('sha256', 'x', 'y', $rounds);
    $took = microtime(true) - $start;
} while ($took < 0.1);
$rounds = (int) ($rounds * 3 / $took);
$job = script('touch($argv[1]); hash_pbkdf2("sha256", "x", "y", (int) $argv[2]); echo "output of a lost job\n";');
// A job that has not got there yet can still be stopped.
for ($i = 0, $stopped = true; $stopped && $i < 100; $i++) {
    @unlink(tmp('started'));
    $future = $vm->startScript($job, [tmp('started'), $rounds]);
    started($future, tmp('started'));
    $start = microtime(true);
    $stopped = $future->cancel();
    $took = microtime(true) - $start;
}
if ($stopped) {
    echo "stopped after all\n";
} else {
    $e = thrown(fn () => $future->await());
    var_dump($took < 2.5 * patience(), $future->isDone(), $vm->info()['jobs']['lost']);
}
// Another worker takes its place at once, and the lost one is of use again when its call returns.
echo $vm->runScript(script('return "goes on";'))->value, "\n";
Probe::assertSame();
?>
--EXPECTF--
FfiZts\CancelledException: %slost%s
bool(true)
bool(true)
int(1)
goes on
same
