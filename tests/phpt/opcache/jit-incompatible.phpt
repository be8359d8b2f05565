--TEST--
An extension that the JIT cannot run beside: an exception with opcache's reason
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v cc')) === '') die('skip no C compiler');
if (!is_executable((ini_get('ffi_zts.runtime') ?: getenv('FFI_ZTS_ROOT') . '/build/runtime') . '/bin/php-config')) die('skip no headers of the runtime');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

file_put_contents(tmp('watcher.c'), <<<'C'
    #include "php.h"
    static void (*next)(zend_execute_data *);
    static void watch(zend_execute_data *execute_data) { next(execute_data); }
    static PHP_MINIT_FUNCTION(watcher) { next = zend_execute_ex; zend_execute_ex = watch; return SUCCESS; }
    zend_module_entry watcher_module_entry = { STANDARD_MODULE_HEADER, "watcher", NULL, PHP_MINIT(watcher), NULL, NULL, NULL, NULL, "1", STANDARD_MODULE_PROPERTIES };
    ZEND_GET_MODULE(watcher)
    C);
exec('cc -shared -fPIC ' . exec(runtime() . '/bin/php-config --includes') . ' -o ' . tmp('watcher.so') . ' ' . tmp('watcher.c') . ' 2>&1', $said, $status);
if ($status !== 0) {
    echo implode("\n", $said);
}
$options = ['extensions' => ['opcache', tmp('watcher.so')], 'ini' => ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '8M']];
thrown(fn () => FfiZts::boot($options)->runScript(script('echo "ran";')));
$options['ini'] = ['opcache.jit' => 'disable'];
$vm = FfiZts::boot($options);
echo json_encode($vm->runScript(script('$s = opcache_get_status(); return [extension_loaded("watcher"), $s["opcache_enabled"], $s["jit"]["enabled"]];'))->value), "\n";
?>
--EXPECTF--
FfiZts\BootException: boot: start the guest (tried in a child process): the JIT is asked for and not active, it is off: JIT is incompatible with third party extensions that override zend_execute_ex(). JIT disabled.; set opcache.jit=disable to do without
[true,true,false]
