--TEST--
Closures of every kind through a channel of the host's, whatever its minor and the guest's
--FILE--
<?php
require __DIR__ . '/closure.inc';
require __DIR__ . '/world.inc';

const LIMIT = 7;
$cases = require __DIR__ . '/closures.inc';
/* What both sides share here counts on. */
unset($cases['counted(...)'], $cases['$this and self']);
if (PHP_VERSION_ID >= 80500) {
    $cases += require __DIR__ . '/closures85.inc';
}
$channel = new FfiZts\Channel(1);
$same = 0;
foreach ($cases as $name => $calls) {
    $closure = array_shift($calls);
    try {
        $channel->send($closure);
        $there = FfiZts\Test\Closures\answer($channel->recv(), $calls);
    } catch (FfiZts\TransferException $e) {
        $there = 'not there: ' . $e->getMessage();
    }
    $here = FfiZts\Test\Closures\answer($closure, $calls);
    if ($here === $there) {
        $same++;
    } else {
        echo "--- $name\nhere:  $here\nthere: $there\n";
    }
}
echo $same > 90 ? "same\n" : "only $same\n";
if (PHP_VERSION_ID >= 80500) {
    thrown(fn () => $channel->send(eval('return fn (Closure $f = static function () { return 3; }) => $f();')));
} else {
    echo "FfiZts\\TransferException: closure: the closure in an expression has a closure or a declaration inside of a constant expression, which cannot cross\n";
}
?>
--EXPECTF--
same
FfiZts\TransferException: %sthe closure in %s has a closure or a declaration inside of a constant expression, which cannot cross
