--TEST--
Hazard 4: opcache_reset() beside other workers is refused, and nothing is lost
--FILE--
<?php
require __DIR__ . '/../support.inc';

for ($i = 0; $i < 6; $i++) {
    $process = php('
    $vm = FfiZts::boot(["threads" => 3, "extensions" => ["opcache"], "ini" => ["opcache.enable" => 1, "opcache.enable_cli" => 1, "opcache.file_update_protection" => 0]]);
    $include = script("function fib(\$n) { return \$n < 2 ? \$n : fib(\$n - 1) + fib(\$n - 2); }");
    $work = script("require " . var_export($include, true) . "; return fib(12);");
    $reset = script("return @opcache_reset() === false ? 0 : 1000000;");
    for ($i = 0; $i < 1000; $i++) $futures[] = $vm->startScript($i % 10 === 5 ? $reset : $work);
    $sum = 0;
    foreach ($futures as $future) $sum += $future->await()->value;
    echo $sum;');
    ended($process);
}
?>
--EXPECT--
status 0: 129600
status 0: 129600
status 0: 129600
status 0: 129600
status 0: 129600
status 0: 129600
