--TEST--
await(timeout): TimeoutException, and the job goes on
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$gate = tmp('gate');
$future = $vm->startScript(script('while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } return "went on";'), [$gate]);
foreach ([0, 0.0, 0.001, 0.2] as $timeout) {
    $start = microtime(true);
    $e = thrown(fn () => $future->await($timeout));
    $took = microtime(true) - $start;
    if ($took < $timeout || $took > $timeout + 5 * patience()) {
        echo "waited $took s\n";
    }
}
var_dump($e instanceof FfiZts\Exception, $e instanceof \RuntimeException, $future->isDone());
touch($gate);
echo $future->await(30)->value, "\n";
?>
--EXPECTF--
FfiZts\TimeoutException: %s
FfiZts\TimeoutException: %s
FfiZts\TimeoutException: %s
FfiZts\TimeoutException: %s
bool(true)
bool(true)
bool(false)
went on
