--TEST--
opcache or its JIT asked for and not active: an exception with the reason, and another boot may follow
--FILE--
<?php
require __DIR__ . '/../support.inc';

$opcache = ['extensions' => ['opcache']];
$cases = [
    'SAPI name cli' => ['sapi_name' => 'cli'] + $opcache,
    'not loaded' => ['ini' => ['opcache.enable' => 1]],
    'no buffer' => $opcache + ['ini' => ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => 0]],
    'files only' => $opcache + ['ini' => ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '8M', 'opcache.file_cache_only' => 1, 'opcache.file_cache' => tmp()]],
    'no directory' => $opcache + ['ini' => ['opcache.file_cache_only' => 1]],
    'no memory' => $opcache + ['ini' => ['opcache.memory_consumption' => 1 << 30]],
    'JIT too large' => $opcache + ['ini' => ['opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '262144G']],
    'strings' => $opcache + ['ini' => ['opcache.interned_strings_buffer' => 200]],
    'protected memory' => $opcache + ['ini' => ['opcache.protect_memory' => 1]],
];
foreach ($cases as $label => $options) {
    try {
        FfiZts::boot($options)->runScript(script('echo "ran";'));
    } catch (FfiZts\BootException $e) {
        // opcache's own words come with a date, and are not the same in each minor.
        echo "$label: ", plain(preg_replace('/^.*(?=Fatal Error)|^boot: (?=start)/s', '', $e->getMessage())), "\n";
    }
}
$vm = FfiZts::boot($opcache + ['ini' => ['opcache.enable' => 0]]);
echo json_encode($vm->runScript(script('return opcache_get_status();'))->value), ' ', $vm->info()['opcache']['state'], "\n";
?>
--EXPECTF--
SAPI name cli: start the guest (tried in a child process): opcache is asked for and not active, it is off: the SAPI name is cli and opcache.enable_cli is 0; set opcache.enable=0 to do without
not loaded: start the guest (tried in a child process): opcache.enable is on, but opcache is not loaded: name it in the option `extensions`
no buffer: start the guest (tried in a child process): the JIT is asked for and not active, it is off: opcache.jit_buffer_size is 0; set opcache.jit=disable to do without
files only: start the guest (tried in a child process): the JIT is asked for and not active, it is off: opcache.file_cache_only=1; set opcache.jit=disable to do without
no directory: Fatal Error opcache.file_cache_only is set without a proper setting of opcache.file_cache
no memory: Fatal Error Unable to allocate shared memory segment of %d bytes: mmap: Cannot allocate memory (12)
JIT too large: %r(Fatal Error Unable to allocate shared memory segment of \d+ bytes: mmap: Cannot allocate memory \(12\)|start the guest .*: the JIT is asked for and not active, it is off: JIT on x86_64 doesn't support opcache.jit_buffer_size above 2G\.; set .*)%r
strings: Fatal Error Insufficient shared memory for interned strings buffer! (tried to allocate %d bytes)
protected memory: start the guest (tried in a child process): opcache.protect_memory=1 cannot work here: a thread that protects the memory again protects it from all other threads, which may be writing
false off: opcache.enable=0
