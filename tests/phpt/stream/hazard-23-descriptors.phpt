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
// The engine's own (events, pipes, sealed copies) are closed on exec, and what the job opens.
$extra = [];
foreach (array_diff(explode(' ', $list()), explode(' ', $before)) as $fd) {
    $extra[] = "$fd " . @readlink("/proc/self/fd/$fd");
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
// What proc_open() is told to give to the child, the child has, whichever numbers the pipes got in this process.
$given = script('
    $spec = [1 => ["pipe", "w"], 2 => ["redirect", 1]];
    for ($i = 3; $i < 40; $i++) { $spec[$i] = $i % 3 ? ["pipe", "w"] : ($i % 2 ? ["socket"] : ["file", $argv[1] . $i, "w"]); }
    $open = fopen(__FILE__, "r");
    $process = proc_open(["bash", "-c", "for i in {1..39}; do echo \$i >&\$i; done"], $spec, $pipes);
    $wrong = [];
    for ($i = 3; $i < 40; $i++) {
        $text = isset($pipes[$i]) ? fgets($pipes[$i]) : null;
        if ($text !== null && $text !== "$i\n") { $wrong[$i] = $text; }
    }
    $all = stream_get_contents($pipes[1]);
    proc_close($process);
    foreach (glob($argv[1] . "*") as $file) { if (trim(file_get_contents($file)) !== substr($file, strlen($argv[1]))) { $wrong[] = $file; } }
    return [$wrong, $all];');
echo json_encode($vm->runScript($given, [tmp('given')])->value), "\n";
echo json_encode($vm->runScript($given, [tmp('again')])->value), "\n";
?>
--EXPECT--
nothing of ours
ended
ended
ended
[[],"1\n2\n"]
[[],"1\n2\n"]
