--TEST--
php --ri ffi_zts and phpinfo() show version, state and all settings; info() tells them of the running guest
--FILE--
<?php
require __DIR__ . '/../support.inc';

$ri = run([...php_command(), '--ri', 'ffi_zts']);
echo $ri['status'], "\n";
foreach (['library', 'libdir', 'scope', 'runtime', 'threads', 'spare_workers', 'max_nesting', 'stack_size', 'ini', 'ini_file', 'extensions', 'extension_dir', 'prepend',
    'bootstrap', 'autoload', 'sapi_name', 'shutdown_timeout', 'stop_timeout', 'output', 'allow_runtime_options'] as $name) {
    if (!preg_match("/^ffi_zts\.$name => /m", $ri['out'])) {
        echo "no ffi_zts.$name\n";
    }
}
echo preg_match('/^Version => \d+\.\d+\.\d+/mi', $ri['out']) ? "version\n" : $ri['out'];
echo preg_match('/^State.* => (.+)$/m', $ri['out'], $m) ? "state $m[1]\n" : $ri['out'];

$vm = FfiZts::boot(['threads' => 2]);
$idle = $vm->info();
var_dump($idle['threads'], isset($idle['workers']));
$vm->runScript(script(''));
$info = $vm->info();
var_dump($info['php_version'] === implode('.', [intdiv(runtime_version_id(), 10000), intdiv(runtime_version_id(), 100) % 100, runtime_version_id() % 100]));
var_dump($info['pid'] === getmypid(), realpath($info['library']) === realpath(runtime() . '/libphp.so'), count($info['workers']), $info['jobs']['done']);
var_dump($info['workers'][0]['tid'] > 0 && is_dir('/proc/self/task/' . $info['workers'][0]['tid']));
ob_start();
phpinfo(INFO_MODULES);
echo preg_match('/^ffi_zts$.*^Guest => PHP ' . preg_quote($info['php_version']) . '/ms', ob_get_clean()) ? "phpinfo\n" : "not in phpinfo\n";
?>
--EXPECTF--
0
version
state %s
int(2)
bool(false)
bool(true)
bool(true)
bool(true)
int(1)
int(1)
bool(true)
phpinfo
