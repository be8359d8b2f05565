--TEST--
Hazard 10: a job that still runs at the end of the script gets shutdown_timeout, its output still arrives; then it is stopped
--FILE--
<?php
require __DIR__ . '/../support.inc';

// The job goes on only after the host's script has ended.
ended(php('
    $vm = FfiZts::boot(["shutdown_timeout" => 20.0]);
    $ended = ' . var_export(tmp('ended'), true) . ';
    $vm->startScript(' . var_export(script('while (!file_exists($argv[1])) { usleep(500); clearstatcache(); } echo "finished\n"; file_put_contents($argv[2], "done");'), true) . ', [$ended, ' . var_export(tmp('done'), true) . ']);
    register_shutdown_function(function () use ($ended) { echo "script ended\n"; touch($ended); });
'), within: 15);
echo file_get_contents(tmp('done')), "\n";
// One that does not end is stopped, and runs its own shutdown functions.
ended(php('
    $vm = FfiZts::boot(["shutdown_timeout" => 0.3]);
    $vm->startScript(script("register_shutdown_function(fn () => file_put_contents(\$GLOBALS[\"argv\"][2], \"stopped\")); @touch(\$argv[1]); while (true) usleep(1000);"), [tmp("started"), ' . var_export(tmp('stopped'), true) . ']);
    appears(tmp("started"));
    exit(4);
'), within: 8);
echo @file_get_contents(tmp('stopped')), "\n";
// More jobs than threads: what is queued at the end runs as well, while there is time.
ended(php('
    $vm = FfiZts::boot(["threads" => 1, "shutdown_timeout" => 20.0]);
    for ($i = 0; $i < 20; $i++) $vm->startScript(' . var_export(script('echo $argv[1], " ";'), true) . ', [$i]);
'), within: 15);
?>
--EXPECT--
status 0: script ended
finished
done
status 4
stopped
status 0: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
