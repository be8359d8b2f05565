--TEST--
Hazard 4: opcache_reset() beside other workers is done when no job runs, and nothing is lost
--FILE--
<?php
require __DIR__ . '/../support.inc';

for ($i = 0; $i < 4; $i++) {
    $process = php('
    $vm = FfiZts::boot(["threads" => 4, "extensions" => ["opcache"], "ini" => ["opcache.enable" => 1, "opcache.file_update_protection" => 0]]);
    $include = script("function fib(\$n) { return \$n < 2 ? \$n : fib(\$n - 1) + fib(\$n - 2); }");
    $work = script("require " . var_export($include, true) . "; return fib(12);");
    $reset = script("return opcache_reset() ? 1000000 : 0;");
    for ($i = 0; $i < 1000; $i++) $futures[] = $vm->startScript($i % 10 === 5 ? $reset : $work);
    $sum = 0;
    foreach ($futures as $future) $sum += $future->await()->value;
    $status = $vm->runScript(script("return opcache_get_status(false);"))->value;
    $restarts = $status["opcache_statistics"]["manual_restarts"];
    echo $sum % 1000000, " ", json_encode([
        // Two jobs may ask for the same restart.
        "restarts" => 1 <= $restarts && $restarts <= intdiv($sum, 1000000), "counted" => $vm->info()["opcache"]["restarts"] === $restarts,
        "enabled" => $status["opcache_enabled"], "pending" => $status["restart_pending"]]);', limit: 60);
    ended($process);
}
?>
--EXPECT--
status 0: 129600 {"restarts":true,"counted":true,"enabled":true,"pending":false}
status 0: 129600 {"restarts":true,"counted":true,"enabled":true,"pending":false}
status 0: 129600 {"restarts":true,"counted":true,"enabled":true,"pending":false}
status 0: 129600 {"restarts":true,"counted":true,"enabled":true,"pending":false}
