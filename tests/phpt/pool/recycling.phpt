--TEST--
maxTasks and maxMemory: a worker starts anew, bootstrap and all, and no task is lost
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$log = tmp('boots');
$bootstrap = script('file_put_contents(' . var_export($log, true) . ', "x", FILE_APPEND); function serial(): int { static $n = 0; return ++$n; }');
$vm = FfiZts::boot(['threads' => 1]);
$pool = $vm->pool(1, $bootstrap, maxTasks: 3);
$numbers = [];
for ($i = 0; $i < 8; $i++) { $numbers[] = $pool->submit('serial')->await(); }
echo implode(' ', $numbers), ', boots ', strlen(file_get_contents($log)), "\n";
unlink($log);
$pool->close();
$pool = $vm->pool(1, $bootstrap, maxMemory: 8 << 20);
$numbers = [];
foreach ([0, 16 << 20, 0, 0] as $bytes) {
    $numbers[] = $pool->submit(function (int $bytes) { $GLOBALS['kept'][] = str_repeat('x', $bytes); return serial(); }, [$bytes])->await();
}
echo implode(' ', $numbers), ', boots ', strlen(file_get_contents($log)), "\n";
?>
--EXPECT--
1 2 3 1 2 3 1 2, boots 3
1 2 1 2, boots 2
