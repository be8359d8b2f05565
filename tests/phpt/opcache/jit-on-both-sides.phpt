--TEST--
opcache and tracing JIT on in host and guest at once: each has its own buffer, both compute
--SKIPIF--
<?php
if (PHP_VERSION_ID < 80500 && !file_exists(ini_get('extension_dir') . '/opcache.so')) die('skip the host has no opcache');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$work = script('function mix(int $n): int { $h = 7; for ($i = 0; $i < $n; $i++) { $h = ($h * 31 + $i) % 1000003; } return $h; } return mix(200000);');
$jit = ['opcache.enable' => 1, 'opcache.enable_cli' => 1, 'opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '16M'];
$file = script('
    $vm = FfiZts::boot(["threads" => 3, "extensions" => ["opcache"], "ini" => ' . var_export($jit, true) . ']);
    for ($i = 0; $i < 20; $i++) $futures[] = $vm->startScript(' . var_export($work, true) . ');
    $here = require ' . var_export($work, true) . ';
    for ($i = 0; $i < 20; $i++) $values[] = mix(200000);
    foreach ($futures as $future) $values[] = $future->await()->value;
    $status = $vm->runScript(' . var_export(script('require ' . var_export($work, true) . '; return opcache_get_status(false)["jit"];'), true) . ')->value;
    $own = opcache_get_status(false)["jit"];
    echo json_encode([array_unique($values) === [$here], $own["on"], $own["buffer_free"] < $own["buffer_size"], $status["on"], $status["buffer_free"] < $status["buffer_size"]]);');
$command = php_command($jit);
foreach (host_opcache() as $key => $value) {
    array_splice($command, 1, 0, ['-d', "$key=$value"]);
}
ended(run([...$command, $file], 60));
?>
--EXPECT--
status 0: [true,true,true,true,true]
