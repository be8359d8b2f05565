--TEST--
Hazard 18: cancel() stops a loop that the guest's JIT has compiled
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['tracing', 'function'] as $mode) {
    $process = php('
        $vm = FfiZts::boot(["threads" => 1, "shutdown_timeout" => 5.0, "extensions" => ["opcache"], "ini" => [
            "opcache.enable" => 1, "opcache.enable_cli" => 1, "opcache.file_update_protection" => 0, "opcache.jit_buffer_size" => "8M", "opcache.jit" => "' . $mode . '"]]);
        foreach ([
            "loop" => \'for ($i = 0;; $i++) { if ($i === 1000000) { touch($argv[1]); } }\',
            "loop in a function" => \'function spin($file) { for ($i = 0;; $i++) { if ($i === 1000000) { touch($file); } } } spin($argv[1]);\',
            "calls" => \'function next_of($i, $file) { if ($i === 1000000) { touch($file); } return $i + 1; } for ($i = 0;;) { $i = next_of($i, $argv[1]); }\',
            "catches everything" => \'for ($i = 0;; $i++) { try { for (;; $i++) { if ($i === 1000000) { touch($argv[1]); } } } catch (Throwable) {} }\',
        ] as $label => $code) {
            @unlink(tmp("started"));
            $future = $vm->startScript(script($code), [tmp("started")]);
            started($future, tmp("started"));
            echo "$label: ", json_encode($future->cancel()), "\n";
        }
        echo json_encode($vm->runScript(script("return opcache_get_status(false)[\"jit\"][\"on\"];"))->value), "\n";
        exit(3);');
    echo "$mode\n", $process['out'], $process['err'], "status $process[status]\n";
}
?>
--EXPECT--
tracing
loop: true
loop in a function: true
calls: true
catches everything: true
true
status 3
function
loop: true
loop in a function: true
calls: true
catches everything: true
true
status 3
