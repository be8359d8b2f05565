--TEST--
Hazard 3: the host's own time limit during a wait is the host's fatal error, at once; a limit of a job is the job's
--FILE--
<?php
require __DIR__ . '/../support.inc';

// Processor time of the guest counts for a host without execution timers of its own (php-src's ITIMER_PROF).
$busy = '$vm = FfiZts::boot(["shutdown_timeout" => 1.0]); register_shutdown_function(function () { echo "shutdown function\n"; });
    set_time_limit(1); $vm->runScript(script("set_time_limit(0); while (true);")); echo "not reached\n";';
ended(php($busy, limit: 20), within: 12);
// In await() as well, and where the job only sleeps the limit is not reached: no processor time passes.
ended(php('$vm = FfiZts::boot(["shutdown_timeout" => 1.0]); $future = $vm->startScript(script("while (true);")); set_time_limit(1); $future->await(); echo "not reached\n";', limit: 20), within: 12);
ended(php('$vm = FfiZts::boot(); set_time_limit(1); $vm->runScript(script("usleep(1500000);")); echo "reached\n"; while (true);', limit: 20), within: 12);
// The limit of a job does not touch the host, which has none.
ended(php('try { FfiZts::boot()->runScript(script("set_time_limit(1); while (true);")); } catch (FfiZts\ScriptException $e) { echo $e->getMessage(), "\n"; }
    $end = microtime(true) + 0.3; while (microtime(true) < $end); echo "host goes on\n";', limit: 20), within: 12);
// The guest starts without a limit, and the host's counts on after a job.
ended(php('set_time_limit(2); $vm = FfiZts::boot(); echo $vm->runScript(script("return ini_get(\"max_execution_time\");"))->value, "\n"; while (true);', limit: 20), within: 12);
?>
--EXPECTF--
status 255: %AFatal error: Maximum execution time of 1 second exceeded in %s
shutdown function
status 255: %AFatal error: Maximum execution time of 1 second exceeded in %s
status 255: reached

Fatal error: Maximum execution time of 1 second exceeded in %s
status 0: Maximum execution time of 1 second exceeded
host goes on
status 255: 0

Fatal error: Maximum execution time of 2 seconds exceeded in %s
