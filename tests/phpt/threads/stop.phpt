--TEST--
Stopping a job stops the threads that belong to it, wherever they are; the process ends with its exact status
--SKIPIF--
<?php require __DIR__ . '/extension.inc'; threads_skip(); ?>
--FILE--
<?php
require __DIR__ . '/extension.inc';

$extension = var_export(threads_extension(), true);
$boot = '$vm = FfiZts::boot(["threads" => 2, "shutdown_timeout" => 10.0, "extensions" => [' . $extension . ']]);
    function busy(string $code): FfiZts\Future {
        global $vm;
        @unlink(tmp("started"));
        $thread = "file_put_contents(" . var_export(tmp("started"), true) . ", 1); $code";
        $future = $vm->startScript(script("return threads\\\\join(threads\\\\start(" . var_export($thread, true) . "));"));
        started($future, tmp("started"));
        return $future;
    }';
ended(php($boot . '
    foreach ([
        "loop" => "while (true);",
        "catches everything" => "while (true) { try { while (true) \$x = 1; } catch (Throwable) {} finally { \$y = 1; } }",
        "sleep" => "sleep(1000); sleep(1000);",
        "select" => \'$s = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); $r = [$s[0]]; $w = $e = null; @stream_select($r, $w, $e, 1000);\',
        "output that nobody fetches" => \'while (true) echo str_repeat("x", 100000);\',
    ] as $label => $code) {
        ob_start(); // output is fetched whenever the host looks
        $future = busy($code);
        $stopped = $future->cancel();
        ob_end_clean();
        echo "$label: ", json_encode($stopped), ", ";
        thrown(fn () => $future->await());
        // Neither the worker nor a lock of the extension is left behind.
        echo $vm->runScript(script("echo \"output \"; return threads\\\\join(threads\\\\start(\"echo 1;\"));"))->value, "\n";
    }
    // A thread whose output is cut ends; its job must not return as if all were well.
    $wrong = 0;
    for ($i = 0; $i < 150; $i++) {
        ob_start();
        $future = busy("while (true) echo str_repeat(\"x\", 100000);");
        $wrong += !$future->cancel();
        ob_end_clean();
    }
    echo "cut short: $wrong wrong\n";
    // A thread of another job goes on.
    $other = $vm->startScript(script("return threads\\\\join(threads\\\\start(\"while (!file_exists(\'" . tmp("go") . "\')) { usleep(500); clearstatcache(); } echo \'went on \';\"));"));
    var_dump(busy("while (true);")->cancel());
    touch(tmp("go"));
    echo $other->await()->value, "\n";
', [], [], 120));
// The end of the process: threads of a job, of nobody, and one that outlives its job.
foreach ([
    'of a job' => 'busy("while (true);");',
    'of a sleeping job' => 'busy("sleep(1000);");',
    'of nobody' => '$vm->startScript(script("threads\\\\join(threads\\\\start(\"fopen(\'" . tmp("on") . "\', \'w\'); while (true);\", threads\\\\GUARDED));")); appears(tmp("on"));',
    'after its job' => '$vm->runScript(script("threads\\\\start(\"fopen(\'" . tmp("on") . "\', \'w\'); while (true);\");")); appears(tmp("on"));',
    'many' => '$vm->runScript(script("for (\$i = 0; \$i < 20; \$i++) threads\\\\start(\"while (true) md5(\'x\');\");"));',
    'shut down before' => '$vm->runScript(script("threads\\\\start(\"fopen(\'" . tmp("on") . "\', \'w\'); while (true);\");")); appears(tmp("on")); $vm->shutdown();',
] as $label => $code) {
    echo "$label: ";
    // The end of a request waits that long for a job that goes on; these never end by themselves.
    $short = str_starts_with($label, 'of ') ? str_replace('"shutdown_timeout" => 10.0', '"shutdown_timeout" => 0.5', $boot) : $boot;
    $process = php($short . $code . ' exit(7);', [], [], 60);
    ended($process, 8);
}
// Nobody catches this bailout, and php-src ends the process; as it does in the CLI.
ended(php($boot . '$vm->runScript(script("threads\\\\join(threads\\\\start(\"@trigger_error(1, E_USER_ERROR);\", threads\\\\OWNED));"));'));
?>
--EXPECT--
status 0: loop: true, FfiZts\CancelledException: the job was cancelled
output 1returned
catches everything: true, FfiZts\CancelledException: the job was cancelled
output 1returned
sleep: true, FfiZts\CancelledException: the job was cancelled
output 1returned
select: true, FfiZts\CancelledException: the job was cancelled
output 1returned
output that nobody fetches: true, FfiZts\CancelledException: the job was cancelled
output 1returned
cut short: 0 wrong
bool(true)
went on returned
of a job: status 7
of a sleeping job: status 7
of nobody: status 7
after its job: status 7
many: status 7
shut down before: status 7
status 255: Fatal error: 1 in thread on line 1
