<?php

declare(strict_types=1);

/**
 * Threads that an extension made (zts_probe), and the jobs that they belong to: where their output goes, what they see of
 * the job, how they end with it. Prints what went wrong.
 *
 *   php -d extension=ffi_zts.so threads.php DIRECTORY JIT STDOUT
 *
 *   JIT      1: with opcache and its tracing JIT        STDOUT   the file that descriptor 1 is
 */
require __DIR__ . '/part.inc';
require __DIR__ . '/opcache.inc';

[, $directory, $jit, $stdout] = $argv;
chdir($directory);
mkdir('work');

/** Writes a script into the directory of this test. */
function script(string $name, string $code): string
{
    global $directory;
    file_put_contents("$directory/$name.php", "<?php\n$code");
    return "$directory/$name.php";
}

/** What was written to descriptor 1 since the last call. */
function written(): string
{
    global $stdout;
    static $seen = 0;
    $text = (string) file_get_contents($stdout, offset: $seen);
    $seen += strlen($text);
    return $text;
}

/** Lines of a text, sorted: threads write beside each other. */
function lines(string $text): array
{
    $lines = $text === '' ? [] : explode("\n", rtrim($text, "\n"));
    sort($lines);
    return $lines;
}

/** Waits until $condition() is true. */
function until(callable $condition, string $what): void
{
    for ($end = microtime(true) + 60; !$condition(); clearstatcache()) {
        if (microtime(true) > $end) {
            throw new RuntimeException("never happened: $what");
        }
        usleep(1000);
    }
}

putenv('ZTS_PROBE_ENV=of the host');
$vm = FfiZts::boot(['threads' => 4, 'shutdown_timeout' => 20.0, 'extensions' => [...opcache_extension($jit), 'zts_probe'],
    'ini' => ['zts_probe.report' => "$directory/report", 'error_log' => "$directory/log", 'log_errors' => '1', ...opcache_settings($jit)]]);
same($jit === '1', $vm->runScript(__DIR__ . '/opcache.php')->value, 'opcache and JIT');

// A job that starts threads with a file, joins them, and returns how they ended.
$starter = script('starter', 'chdir("work"); putenv("ZTS_PROBE_ENV=of the job");
    [, $file, $count, $owned] = $argv;
    $threads = [];
    for ($i = 0; $i < $count; $i++) {
        $threads[] = new ZtsProbe\Thread($file, (bool) $owned);
    }
    return array_map(fn ($thread) => $thread->join(), $threads);');

/** Runs the starter in a job, and returns what the job wrote and how its threads ended. */
function threads(string $file, int $count = 1, bool $owned = true): array
{
    global $vm, $starter;
    ob_start();
    try {
        $value = $vm->runScript($starter, [$file, (string) $count, $owned ? '1' : ''])->value;
    } finally {
        $output = ob_get_clean();
    }
    return [$output, $value];
}

$scenarios = [];

$writer = script('writer', '$id = zts_probe_globals()["thread"];
    for ($i = 0; $i < 300; $i++) {
        echo "$id echo $i\n";
        zts_probe_print("$id printf $i\n");
        zts_probe_sapi("$id sapi $i\n");
    }
    return $id;');

$expected = function (array $ended): array {
    $lines = [];
    foreach ($ended as ['outcome' => $outcome, 'value' => $id]) {
        same('returned', $outcome, 'how a thread ended');
        foreach (['echo', 'printf', 'sapi'] as $by) {
            for ($i = 0; $i < 300; $i++) {
                $lines[] = "$id $by $i";
            }
        }
    }
    sort($lines);
    return $lines;
};

$scenarios['output of a job\'s threads is the job\'s'] = function () use ($writer, $expected): void {
    [$output, $ended] = threads($writer, 3);
    same($expected($ended), lines($output), 'the output of the job');
    same('', written(), 'descriptor 1');
};

$scenarios['several jobs with threads at once'] = function () use ($vm, $starter, $writer, $expected): void {
    ob_start();
    $futures = array_map(fn () => $vm->startScript($starter, [$writer, '2', '1']), range(0, 3));
    $ended = array_merge(...array_map(fn ($future) => $future->await(60)->value, $futures));
    same($expected($ended), lines(ob_get_clean()), 'the output of the jobs');
    same('', written(), 'descriptor 1');
};

$scenarios['output of a thread without a job is the process\'s'] = function () use ($writer, $expected): void {
    [$output, $ended] = threads($writer, 3, false);
    same('', $output, 'the output of the job');
    same($expected($ended), lines(written()), 'descriptor 1');
};

$scenarios['a thread that outlives its job writes to descriptor 1'] = function () use ($vm, $directory): void {
    $late = script('late', "echo 'in time';
        fopen('$directory/late.started', 'w');
        while (!file_exists('$directory/late.go')) {
            usleep(500);
            clearstatcache();
        }
        echo 'too late';
        fopen('$directory/late.done', 'w');");
    $abandon = script('abandon', "new ZtsProbe\\Thread('$late');
        while (!file_exists('$directory/late.started')) {
            usleep(500);
            clearstatcache();
        }");
    ob_start();
    $vm->runScript($abandon);
    same('in time', ob_get_contents(), 'the output of the job');
    touch("$directory/late.go");
    until(fn () => file_exists("$directory/late.done"), 'the thread ends');
    $vm->runScript(script('after', 'echo ", another job";'));
    same('in time, another job', ob_get_clean(), 'the output of the jobs');
    same('too late', written(), 'descriptor 1');
};

$scenarios['the SAPI serves such threads'] = function () use ($directory): void {
    $asks = script('asks', '
        ob_start();
        header("X-A: b");
        header("Location: /", true, 301);
        @header("");
        $headers = [headers_list(), http_response_code(), headers_sent()];
        echo "held back";
        ob_end_clean();
        flush();
        error_log("a line of a thread");
        setlocale(LC_ALL, "C.UTF-8");
        set_time_limit(30);
        ignore_user_abort(true);
        $env = [getenv("ZTS_PROBE_ENV"), $_SERVER["ZTS_PROBE_ENV"] ?? null];
        putenv("ZTS_PROBE_ENV=of the thread");
        $env[] = getenv("ZTS_PROBE_ENV");
        $env[] = trim((string) shell_exec("echo \$ZTS_PROBE_ENV"));
        $stream = fopen("php://stdout", "w");
        $answers = [
            "headers" => $headers, "env" => $env, "cwd" => basename(getcwd()), "sapi" => PHP_SAPI, "status" => connection_status(),
            "user" => is_string(get_current_user()), "mod" => getlastmod() === false || getlastmod() > 0, "argv" => isset($_SERVER["argv"]), "time" => $_SERVER["REQUEST_TIME"] > 1600000000,
            "stdout" => is_resource($stream), "umask" => is_int(umask()), "kill" => @posix_kill(getmypid(), 0),
            "info" => (function () { ob_start(); phpinfo(INFO_GENERAL); return str_contains(ob_get_clean(), "ffi"); })(),
        ];
        fclose($stream);
        register_shutdown_function(function () { echo "shut down"; });
        return json_encode($answers);');
    [$output, [['outcome' => $outcome, 'value' => $answers]]] = threads($asks);
    same('returned', $outcome, 'how the thread ended');
    same('shut down', $output, 'the output of the job');
    same([
        'headers' => [[], 301, false], 'env' => ['of the job', 'of the job', 'of the thread', 'of the thread'], 'cwd' => basename($directory), 'sapi' => 'ffi-zts',
        'status' => 0, 'user' => true, 'mod' => true, 'argv' => true, 'time' => true, 'stdout' => true, 'umask' => true, 'kill' => true, 'info' => true,
    ], json_decode($answers, true), 'its answers');
    same(true, str_contains((string) file_get_contents("$directory/log"), 'a line of a thread'), 'the log');
    same('of the host', getenv('ZTS_PROBE_ENV'), 'the environment of the host');
    same('', written(), 'descriptor 1');
};

$scenarios['exit, exceptions, fatal errors and limits end the thread only'] = function (): void {
    foreach ([
        'exit' => ['echo "before"; exit(7);', 'before', 7],
        'exception' => ['throw new LogicException("of a thread");', 'Uncaught LogicException: of a thread', 255],
        'fatal' => ['echo "before"; @trigger_error("of a thread", E_USER_ERROR);', 'of a thread', 255],
        'memory' => ['ini_set("memory_limit", "16M"); $x = str_repeat("x", 1 << 26);', 'Allowed memory size', 255],
        'time' => ['set_time_limit(1); for (;;);', 'Maximum execution time', 255],
        'parse' => ['this is no PHP', 'syntax error', 255],
        'missing' => ['require "/nonexistent.php";', 'Failed opening required', 255],
    ] as $name => [$code, $text, $status]) {
        [$output, [$ended]] = threads(script("ends-$name", $code));
        same([$status, true], [$ended['status'], str_contains($output, $text)], "$name, which wrote " . json_encode($output));
    }
    same('', written(), 'descriptor 1');
};

$scenarios['a thread has its job\'s restrictions'] = function () use ($directory): void {
    $reads = script('reads', 'return json_encode([@file_get_contents("/etc/passwd") !== false, ini_get("open_basedir")]);');
    [, [['value' => $before]]] = threads($reads);
    same('[true,""]', $before, 'without restrictions');
    ini_set('open_basedir', $directory);
    [, [['value' => $after]]] = threads($reads);
    same([false, $directory], json_decode($after, true), 'with open_basedir in the host');
    [, [['outcome' => $outcome]]] = threads($reads, owned: false);
    same('returned', $outcome, 'a thread without a job');
};

$scenarios['cancel() takes the threads of a job along'] = function () use ($vm, $directory, $starter): void {
    foreach (['loop' => 'for (;;);', 'sleep' => 'sleep(1000);', 'usleep' => 'for (;;) { usleep(1000); }'] as $name => $code) {
        $busy = script("busy-$name", "fopen('$directory/$name.' . zts_probe_globals()['thread'], 'w'); $code");
        $future = $vm->startScript($starter, [$busy, '2', '1']);
        until(fn () => count(glob("$directory/$name.*")) === 2, "both threads run ($name)");
        same(true, $future->cancel(), "cancelled ($name)");
        throws(FfiZts\CancelledException::class, fn () => $future->await(60), "a cancelled job ($name)");
    }
    [$output] = threads(script('alive', 'echo "alive";'));
    same('alive', $output, 'the output of a later job');
};

$scenarios['shutdown takes along what still runs'] = function () use ($vm, $directory): void {
    $endless = script('endless', "fopen('$directory/endless', 'w'); for (;;);");
    foreach (['1', ''] as $owned) {
        @unlink("$directory/endless");
        $vm->runScript(script('abandon-endless', "new ZtsProbe\\Thread('$endless', (bool) '$owned');"));
        until(fn () => file_exists("$directory/endless"), 'the thread runs');
    }
    $vm->shutdown();
    $report = json_decode((string) file_get_contents("$directory/report"), true);
    ['globals' => [$made, $freed], 'threads' => [$started, $ended], 'late' => $late] = $report;
    same([1, $started, 0], [$made - $freed, $ended, $late], 'what was made and not freed');
};

$failures = 0;
foreach ($scenarios as $name => $scenario) {
    try {
        $scenario();
    } catch (Throwable $e) {
        $failures++;
        fprintf(STDERR, "%s: %s: %s (%s:%d)\n", $name, $e::class, $e->getMessage(), basename($e->getFile()), $e->getLine());
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        written();
    }
}
exit($failures === 0 ? 0 : 1);
