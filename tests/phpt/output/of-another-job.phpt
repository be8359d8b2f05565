--TEST--
Output of a started script arrives while the host waits for another one, and lines of several are whole
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 3]);
ob_start();
$one = $vm->startScript(script('echo "from the first\n"; touch($argv[1]); while (!file_exists($argv[2])) { usleep(500); clearstatcache(); } echo "first ends\n";'), [tmp('one'), tmp('gate')]);
$two = $vm->startScript(script('while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } return 2;'), [tmp('one')]);
$two->await();
until(function () use ($one) { $one->isDone(); return str_contains(ob_get_contents(), 'from the first'); }, 'the output of the first arrives');
touch(tmp('gate'));
$one->await();
$text = ob_get_clean();
echo $text;

// Each job's output is in its own order.
ob_start();
$futures = [];
$lines = script('for ($i = 0; $i < 2000; $i++) echo "$argv[1] $i\n";');
foreach (['a', 'b', 'c'] as $name) {
    $futures[] = $vm->startScript($lines, [$name]);
}
foreach ($futures as $future) {
    $future->await();
}
$lines = explode("\n", trim(ob_get_clean()));
$next = ['a' => 0, 'b' => 0, 'c' => 0];
foreach ($lines as $line) {
    [$name, $number] = explode(' ', $line) + [1 => -1];
    if (!isset($next[$name]) || $next[$name]++ !== (int) $number) {
        echo "out of order: $line\n";
        break;
    }
}
echo count($lines), ' ', json_encode($next), "\n";
?>
--EXPECT--
from the first
first ends
6000 {"a":2000,"b":2000,"c":2000}
