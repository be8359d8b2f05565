--TEST--
Promise 5, hazard 1: the host's exit status is exact and in bounded time, whatever the guest is doing
--FILE--
<?php
require __DIR__ . '/../support.inc';

$jobs = [
    'nothing' => '',
    'loop' => 'while (true);',
    'sleep' => 'sleep(1000);',
    'flock' => '$a = fopen(__FILE__, "r"); $b = fopen(__FILE__, "r"); flock($a, LOCK_EX); flock($b, LOCK_EX);',
    'output' => 'while (true) { echo str_repeat("x", 8192); usleep(500); }',
    'stubborn' => 'register_shutdown_function(function () { while (true); }); while (true) { try { while (true); } finally { while (true); } }',
    'native' => 'while (true) openssl_pbkdf2("a", "b", 32, 5000000, "sha256");',
    'dom' => 'while (true) { $d = new DOMDocument; $d->loadHTML(str_repeat("<p><b>x", 1000), LIBXML_NOERROR); }',
    'sqlite' => '$d = new SQLite3(":memory:"); $d->query("with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c")->fetchArray();',
];
$ends = [
    'exit(7)' => ['exit(7);', 7],
    'end' => ['', 0],
    'exception' => ['throw new Exception("x");', 255],
    'shutdown() first' => ['try { FfiZts::boot()->shutdown(0.2); } catch (FfiZts\TimeoutException) {} exit(8);', 8],
];
foreach ($jobs as $job => $code) {
    foreach ($ends as $end => [$last, $expected]) {
        if (!in_array($job, ['loop', 'sleep', 'stubborn'], true) && $end !== 'exit(7)') {
            continue;
        }
        $process = php('
            $vm = FfiZts::boot(["threads" => 2, "shutdown_timeout" => 0.5]);
            ob_start(fn () => "", 4096);
            $futures = [$vm->startScript(script(\'@touch($argv[1]); \' . ' . var_export($code, true) . '), [tmp("one")]), $vm->startScript(script(\'@touch($argv[1]); \' . ' . var_export($code, true) . '), [tmp("two")])];
            appears(tmp("one"));
            appears(tmp("two"));
            file_put_contents(' . var_export(tmp('end'), true) . ', (string) microtime(true));
            ' . $last, limit: 20);
        $took = microtime(true) - (float) file_get_contents(tmp('end'));
        // shutdown_timeout + 1 s, and what a loaded machine adds.
        echo "$job, $end: ", $process['status'] === $expected ? 'exact' : "status {$process['status']} {$process['err']}", $took > 4 * patience() ? sprintf(', after %.1f s', $took) : '', "\n";
    }
}
?>
--EXPECT--
nothing, exit(7): exact
loop, exit(7): exact
loop, end: exact
loop, exception: exact
loop, shutdown() first: exact
sleep, exit(7): exact
sleep, end: exact
sleep, exception: exact
sleep, shutdown() first: exact
flock, exit(7): exact
output, exit(7): exact
stubborn, exit(7): exact
stubborn, end: exact
stubborn, exception: exact
stubborn, shutdown() first: exact
native, exit(7): exact
dom, exit(7): exact
sqlite, exit(7): exact
