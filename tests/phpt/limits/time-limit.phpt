--TEST--
Each job has a time limit of its own, although a worker keeps its timer
--FILE--
<?php
require __DIR__ . '/../support.inc';

$timers = static fn (): int => substr_count((string) @file_get_contents('/proc/self/timers'), 'ID:');
$before = $timers();
$vm = FfiZts::boot(['threads' => 1]);
$loop = script('set_time_limit(1); while (true);');
$free = script('$end = microtime(true) + 1.3; while (microtime(true) < $end); return "no limit";');
$limited = script('set_time_limit(30); return ini_get("max_execution_time");');
for ($i = 0; $i < 3; $i++) {
    thrown(fn () => $vm->runScript($loop));
    echo json_encode([$vm->runScript($limited)->value, $vm->runScript($free)->value]), "\n";
}
for ($i = 0; $i < 100; $i++) {
    $vm->runScript($limited);
}
echo $timers() - $before <= 2 ? "one timer for each thread of the guest\n" : 'timers: ' . $timers() - $before . "\n";
$vm->shutdown();
echo $timers() === $before ? "none is left\n" : 'left: ' . $timers() - $before . "\n";
?>
--EXPECT--
FfiZts\ScriptException: Maximum execution time of 1 second exceeded
["30","no limit"]
FfiZts\ScriptException: Maximum execution time of 1 second exceeded
["30","no limit"]
FfiZts\ScriptException: Maximum execution time of 1 second exceeded
["30","no limit"]
one timer for each thread of the guest
none is left
