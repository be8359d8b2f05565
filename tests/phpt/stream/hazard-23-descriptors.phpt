--TEST--
Hazard 23: children of the host do not inherit the guest's descriptors; pipes of concurrent children reach their end
--FILE--
<?php
require __DIR__ . '/../support.inc';

$list = fn () => trim(shell_exec('ls -l /proc/self/fd | sed -n "s/.* \([0-9]*\) -> .*/\1/p" | tr "\n" " "'));
$before = $list();
$vm = FfiZts::boot(['threads' => 3]);
$gate = script('$f = fopen(__FILE__, "r"); touch($argv[1]); while (!file_exists($argv[2])) { usleep(500); clearstatcache(); }');
$future = $vm->startScript($gate, [tmp('here'), tmp('gate')]);
$stream = $future->getStream();
appears(tmp('here'));
// The engine's own (events, pipes, sealed copies) are closed on exec. An fopen() of the job is its own affair, as in php.
$extra = [];
foreach (array_diff(explode(' ', $list()), explode(' ', $before)) as $fd) {
    $target = (string) @readlink("/proc/self/fd/$fd");
    if (!str_contains($target, 'script') && $target !== '') {
        $extra[] = "$fd $target";
    }
}
echo $extra ? json_encode($extra) : 'nothing of ours', "\n";
touch(tmp('gate'));
$future->await();
// Each job reads a child's pipe to its end while others start children.
$pipes = script('for ($i = 0; $i < 30; $i++) { $p = proc_open(["cat"], [["pipe", "r"], ["pipe", "w"]], $pipes); fwrite($pipes[0], "x$i"); fclose($pipes[0]); if (stream_get_contents($pipes[1]) !== "x$i") return "lost"; fclose($pipes[1]); if (proc_close($p) !== 0) return "status"; } return "ended";');
for ($i = 0; $i < 3; $i++) {
    $futures[] = $vm->startScript($pipes);
}
foreach ($futures as $future) {
    echo $future->await(60)->value, "\n";
}
?>
--EXPECT--
nothing of ours
ended
ended
ended
