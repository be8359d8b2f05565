--TEST--
Promise 9: a memory limit that was lowered holds, whatever the worker has cached: for tasks, scripts, code that lowers its own, and after code that raised it
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--INI--
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$fill = function (int $megabytes): string {
    for ($filled = [], $i = 0; $i < $megabytes; $i++) $filled[] = str_repeat(chr($i % 256), 1000000);
    return count($filled) . ' MB with ' . ini_get('memory_limit');
};
$file = script('for ($filled = [], $i = 0; $i < $argv[1]; $i++) $filled[] = str_repeat(chr($i % 256), 1000000);
    return count($filled) . " MB with " . ini_get("memory_limit");');
$show = function (callable $do): void {
    try {
        echo $do(), "\n";
    } catch (FfiZts\ScriptException $exhausted) {
        echo strstr($exhausted->getMessage(), ' bytes', true), "\n";
    }
};
$task = fn (int $megabytes) => $show(fn () => $vm->run($fill, [$megabytes])->await());
$script = fn (int $megabytes) => $show(fn () => $vm->runScript($file, ["$megabytes"])->value);
$lowered = script('ini_set("memory_limit", "16M"); for ($filled = "";;) $filled .= str_repeat("x", 1000000);');
$raised = script('ini_set("memory_limit", "512M"); for ($filled = [], $i = 0; $i < 300; $i++) $filled[] = str_repeat("x", 1000000); return ini_get("memory_limit");');

// What the thread has cached is the average of its last requests: some large ones make that a lot.
foreach ([$task, $script] as $job) {
    ini_set('memory_limit', '256M');
    for ($i = 0; $i < 4; $i++) {
        $script(200);
    }
    ini_set('memory_limit', '32M');
    $job(64);
    $job(8);
}
ini_set('memory_limit', '256M');
for ($i = 0; $i < 4; $i++) {
    $show(fn () => $vm->runScript($raised)->value);
}
$script(300);
for ($i = 0; $i < 4; $i++) {
    $script(200);
}
$show(fn () => $vm->runScript($lowered)->value);
?>
--EXPECTF--
200 MB with 256M
200 MB with 256M
200 MB with 256M
200 MB with 256M
Allowed memory size of 33554432
8 MB with 32M
200 MB with 256M
200 MB with 256M
200 MB with 256M
200 MB with 256M
Allowed memory size of 33554432
8 MB with 32M
512M
512M
512M
512M
Allowed memory size of 268435456
200 MB with 256M
200 MB with 256M
200 MB with 256M
200 MB with 256M
Allowed memory size of 16777216
