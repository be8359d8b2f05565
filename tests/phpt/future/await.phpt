--TEST--
startScript() and await(): the result, as often as it is asked for; isDone() before and after
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 2]);
$gate = tmp('gate');
$future = $vm->startScript(script('while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } echo "[out]"; return [$argc, $argv[2]];'), [$gate, 'x']);
var_dump($future instanceof FfiZts\Future, $future->isDone());
touch($gate);
$result = $future->await();
var_dump($result instanceof FfiZts\Result, $result->exitCode, $result->value, $future->isDone(), $future->await()->value === $result->value, $future->await(0)->value === $result->value);
thrown(function () use ($result) { $result->exitCode = 5; });
thrown(fn () => clone $future);
thrown(fn () => serialize($future));
thrown(fn () => new FfiZts\Future);
thrown(fn () => new FfiZts\Vm);
thrown(fn () => $future->await(-1));
thrown(fn () => $future->await(NAN));
$failing = $vm->startScript(script('throw new DomainException("again and again");'));
thrown(fn () => $failing->await());
thrown(fn () => $failing->await(5));
var_dump($failing->isDone(), $failing->cancel());
Probe::assertSame();
?>
--EXPECTF--
bool(true)
bool(false)
[out]bool(true)
int(0)
array(2) {
  [0]=>
  int(3)
  [1]=>
  string(1) "x"
}
bool(true)
bool(true)
bool(true)
Error: Cannot modify readonly property FfiZts\Result::$exitCode
Error: Trying to clone an uncloneable object of class FfiZts\Future
Exception: Serialization of 'FfiZts\Future' is not allowed
%s: %s
%s: %s
FfiZts\Error: timeout: must be 0 or more seconds, -1 given
FfiZts\Error: timeout: must be 0 or more seconds, NAN given
DomainException: again and again
DomainException: again and again
bool(true)
bool(false)
same
