--TEST--
opcache runs in the guest under a name of its own: verified, with JIT, on several workers
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 3, 'extensions' => ['opcache'],
    'ini' => ['opcache.enable' => 1, 'opcache.enable_cli' => 1, 'opcache.jit_buffer_size' => '8M', 'opcache.jit' => 'tracing', 'opcache.file_update_protection' => 0]]);
$include = script('function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }');
$status = $vm->runScript(script('
    require ' . var_export($include, true) . ';
    $value = fib(15);
    $status = opcache_get_status();
    return [$value, $status["opcache_enabled"], isset($status["scripts"][' . var_export($include, true) . ']), $status["jit"]["enabled"] ?? null, PHP_SAPI];'))->value;
echo json_encode($status), "\n";
$futures = [];
$work = script('require ' . var_export($include, true) . '; return fib(12);');
for ($i = 0; $i < 300; $i++) {
    $futures[] = $vm->startScript($work);
}
$values = array_count_values(array_map(fn ($future) => json_encode($future->await()->value), $futures));
echo $values[144] ?? 0, "\n";
Probe::assertSame();
$vm->shutdown();
?>
--EXPECT--
[610,true,true,true,"ffi-zts"]
300
same
