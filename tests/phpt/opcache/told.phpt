--TEST--
info() and phpinfo() tell what became of opcache and its JIT, and doctor tries it
--FILE--
<?php
require __DIR__ . '/../support.inc';

$doctor = static function (array $options): void {
    foreach (FfiZts\Internal\Doctor::findings($options) as $finding) {
        if (in_array($finding['check'], ['boot', 'opcache', 'JIT'], true)) {
            echo $finding['check'], ': ', $finding['ok'] ? 'ok' : 'bad', ': ', $finding['detail'], "\n";
        }
    }
};
$options = ['extensions' => ['opcache'], 'ini' => ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '8M', 'opcache.huge_code_pages' => 1]];
$doctor($options);
$doctor(['ini' => ['opcache.jit_buffer_size' => 0] + $options['ini']] + $options);
$doctor([]);
$vm = FfiZts::boot($options);
$vm->runScript(script('opcache_reset();'));
$vm->runScript(script(''));
echo json_encode($vm->info()['opcache']), "\n", implode("\n", $vm->info()['warnings']), "\n";
ob_start();
phpinfo(INFO_MODULES);
preg_match_all('/^(?:opcache|JIT) => .*/m', strstr(strstr(ob_get_clean(), 'State of the VM'), 'Directive', true), $rows);
echo implode("\n", $rows[0]), "\n";
$doctor($options);
?>
--EXPECTF--
boot: ok: PHP %d.%d.%d, tried in a child process
opcache: ok: on, 128 MB of memory
JIT: ok: on, tracing, a buffer of 8M
boot: bad: boot: start the guest (tried in a child process): the JIT is asked for and not active, it is off: opcache.jit_buffer_size is 0; set opcache.jit=disable to do without
boot: ok: PHP %d.%d.%d, tried in a child process
opcache: ok: not loaded
JIT: ok: off: opcache is
{"enabled":true,"state":"on, 128 MB of memory","jit_enabled":true,"jit_state":"on, tracing, a buffer of 8M","restarts":1,"restart_pending":false}
opcache.huge_code_pages is off in a guest: it would move the code of the host's executable
opcache => on, 128 MB of memory
JIT => on, tracing, a buffer of 8M
boot: ok: PHP %d.%d.%d, running
opcache: ok: on, 128 MB of memory
JIT: ok: on, tracing, a buffer of 8M
