--TEST--
Ceilings under a SAPI that is no command line: there are some without a setting, and a page sets none of them
--FILE--
<?php
require __DIR__ . '/web.inc';

$code = '
    foreach (["ffi_zts.max_threads", "ffi_zts.max_shared_memory", "ffi_zts.max_queued_memory"] as $setting) {
        show($setting, fn () => ini_set($setting, "-1"));
    }
    show("option", fn () => FfiZts::boot(["max_threads" => 100]));
    $vm = FfiZts::boot(["threads" => 1]);
    show("limits", fn () => array_column($vm->info()["ceilings"], "limit"));
    show("shared memory", fn () => get_class(new FfiZts\\SharedBuffer(257 << 20)));
    show("a task", fn () => $vm->run("strlen", ["text"])->await());
    show("threads", function () use ($vm) {
        for ($threads = [], $n = 0; $n < 6; $n++) {
            $threads[] = $thread = $vm->thread();
            $thread->run("strlen", ["text"])->await();
        }
        return $n;
    });';
$web = new Web();
echo "--- no settings\n", $web->page($code), "\n";
unset($web);
$web = new Web(['ffi_zts.max_threads' => 5, 'ffi_zts.max_shared_memory' => '-1', 'ffi_zts.max_queued_memory' => '1M']);
echo "--- the administrator's\n", $web->page(str_replace('257 << 20', '1', $code)), "\n";
?>
--EXPECTF--
--- no settings
ffi_zts.max_threads: false
ffi_zts.max_shared_memory: false
ffi_zts.max_queued_memory: false
option: FfiZts\Error: FfiZts::boot(): unknown option `max_threads`; %s
limits: [64,268435456,268435456]
shared memory: FfiZts\PolicyException: ffi_zts.max_shared_memory allows 268435456 bytes of this process: 0 bytes are in use, 269484032 more are asked for (see php.ini)
a task: 4
threads: 6
--- the administrator's
ffi_zts.max_threads: false
ffi_zts.max_shared_memory: false
ffi_zts.max_queued_memory: false
option: FfiZts\Error: FfiZts::boot(): unknown option `max_threads`; %s
limits: [5,null,1048576]
shared memory: "FfiZts\\SharedBuffer"
a task: 4
threads: FfiZts\PolicyException: ffi_zts.max_threads allows 5 workers of this process: 5 of them are in use, 1 more are asked for (see php.ini)
