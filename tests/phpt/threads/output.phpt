--TEST--
Output of an extension's threads reaches the job that they belong to, or the process's standard output
--SKIPIF--
<?php require __DIR__ . '/extension.inc'; threads_skip(); ?>
--FILE--
<?php
require __DIR__ . '/extension.inc';

// What the host's ob_start() sees is in brackets; the rest went to descriptor 1.
ended(php('
    $vm = FfiZts::boot(["threads" => 2, "extensions" => [' . var_export(threads_extension(), true) . ']]);
    function captured(callable $do): void {
        ob_start();
        $value = $do();
        printf("[%s] %s\n", ob_get_clean(), json_encode($value));
    }
    $run = fn (string $code, array $argv = []) => captured(fn () => $vm->runScript(script($code), $argv)->value);

    $run(<<<\'PHP\'
        return threads\join(threads\start(\'echo "by echo "; flush(); print("by print "); file_put_contents("php://output", "by stream "); printf("%s", 1);\'));
        PHP);
    $run(<<<\'PHP\'
        return threads\join(threads\start(\'ob_start(); echo "buffered"; $text = ob_get_clean(); echo strtoupper($text); @header("X: y"); headers_list(); @header_remove(); echo headers_sent() ? "sent" : "not sent", connection_status();\'));
        PHP);
    // Nobody in particular.
    $run(<<<\'PHP\'
        return threads\join(threads\start(\'echo "without a job\n";\', threads\GUARDED));
        PHP);
    // Warnings and fatal errors are displayed, as under the CLI; the host and the job go on.
    $run(<<<\'PHP\'
        return [threads\join(threads\start(\'echo $undefined;\')), threads\join(threads\start(\'@trigger_error("oh", E_USER_ERROR);\')), threads\join(threads\start(\'exit("said at exit ");\'))];
        PHP);
    // The thread outlives its job.
    $run(\'threads\start("while (!file_exists(\\"$argv[1]\\")) { usleep(500); clearstatcache(); } echo \\"after its job\\n\\"; fopen(\\"$argv[1]-done\\", \\"w\\");"); return "ended before";\', [tmp("go")]);
    touch(tmp("go"));
    appears(tmp("go-done"));
    exit(3);
'));

// More than the buffer holds, from several threads of two jobs and from the jobs themselves.
ended(php('
    $vm = FfiZts::boot(["threads" => 2, "extensions" => [' . var_export(threads_extension(), true) . ']]);
    $job = script(<<<\'PHP\'
        $write = sprintf(\'for ($i = 0; $i < 300; $i++) echo str_repeat("%s", 9999), "\n";\', $argv[1]);
        for ($t = 0; $t < 3; $t++) $threads[] = threads\start($write);
        eval($write);
        return array_unique(array_map(threads\join(...), $threads));
        PHP);
    $seen = [];
    ob_start(function (string $chunk) use (&$seen): string {
        foreach (count_chars($chunk, 1) as $char => $count) {
            $seen[chr($char)] = ($seen[chr($char)] ?? 0) + $count;
        }
        return "";
    }, 1 << 16);
    $futures = [$vm->startScript($job, ["a"]), $vm->startScript($job, ["b"])];
    $values = array_map(fn ($future) => $future->await()->value, $futures);
    ob_end_clean();
    ksort($seen);
    echo json_encode([$values, $seen]), "\n";
', [], [], 120));
?>
--EXPECTF--
status 3: [by echo by print by stream 1] "returned"
[BUFFEREDsent0] "returned"
without a job
[] "returned"
[
Warning: Undefined variable $undefined in thread on line 1

Fatal error: oh in thread on line 1
said at exit ] ["returned","bailed out","returned"]
[] "ended before"
after its job
status 0: [[["returned"],["returned"]],{"\n":2400,"a":11998800,"b":11998800}]
