--TEST--
Hazard 18: a stop ends calls that wait: streams, sockets, HTTP, TLS, curl, children, locks, sleeps, SQLite; `finally` runs, nothing is displayed, the worker serves on
--EXTENSIONS--
posix
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$silent = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($silent, false);
// Nobody accepts: its queue is full, and further connections wait.
$full = stream_socket_server('tcp://127.0.0.1:0', $number, $why, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, stream_context_create(['socket' => ['backlog' => 0]]));
$crowded = stream_socket_get_name($full, false);
for ($i = 0; $i < 4; $i++) {
    $crowd[] = @stream_socket_client("tcp://$crowded", $number, $why, 1, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
}
$lock = fopen(tmp('lock'), 'w');
flock($lock, LOCK_EX);
posix_mkfifo(tmp('fifo'), 0600);
[$locked, $fifo, $database] = array_map(fn ($name) => var_export(tmp($name), true), ['lock', 'fifo', 'database']);
$busy = "\$one = new SQLite3($database); \$one->exec('BEGIN EXCLUSIVE');";

$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 60.0, 'ini' => ['default_socket_timeout' => '1000']]);
$task = static function (string $code, string $started, string $stopped): void {
    touch($started);
    try {
        eval($code);
        file_put_contents($stopped, 'it went on');
    } finally {
        file_put_contents($stopped, 'finally', FILE_APPEND);
    }
};
foreach ([
    'fread' => "\$s = stream_socket_client('tcp://$address'); fread(\$s, 10);",
    'fread without a limit' => "ini_set('default_socket_timeout', '-1'); \$s = stream_socket_client('tcp://$address'); fread(\$s, 10);",
    'fgets' => "\$s = stream_socket_client('tcp://$address'); fgets(\$s);",
    'fwrite' => "\$s = stream_socket_client('tcp://$address'); fwrite(\$s, str_repeat('x', 50_000_000));",
    'stream_get_contents' => "\$s = stream_socket_client('tcp://$address'); stream_get_contents(\$s);",
    'stream_copy_to_stream' => "\$s = stream_socket_client('tcp://$address'); stream_copy_to_stream(\$s, fopen('php://temp', 'w'));",
    'stream_socket_recvfrom' => "\$s = stream_socket_client('tcp://$address'); stream_socket_recvfrom(\$s, 10);",
    'stream_socket_accept' => "stream_socket_accept(stream_socket_server('tcp://127.0.0.1:0'));",
    'stream_socket_client' => "stream_socket_client('tcp://$crowded');",
    'stream_select' => "\$s = stream_socket_client('tcp://$address'); \$r = [\$s]; \$w = \$e = null; stream_select(\$r, \$w, \$e, null);",
    'HTTP' => "file_get_contents('http://$address/');",
    'TLS' => "stream_socket_client('tls://$address');",
    'TLS without a limit' => "ini_set('default_socket_timeout', '-1'); stream_socket_client('tls://$address', timeout: -1);",
    'socket_recv' => "if (!function_exists('socket_create')) { sleep(1000); } \$s = socket_create(AF_INET, SOCK_STREAM, 0); socket_connect(\$s, ...explode(':', '$address')); socket_recv(\$s, \$buf, 10, 0);",
    'socket_connect' => "if (!function_exists('socket_create')) { sleep(1000); } \$s = socket_create(AF_INET, SOCK_STREAM, 0); socket_connect(\$s, ...explode(':', '$crowded'));",
    'curl_exec' => "if (!function_exists('curl_init')) { sleep(1000); } \$c = curl_init('http://$address/'); curl_setopt(\$c, CURLOPT_RETURNTRANSFER, true); curl_exec(\$c);",
    'curl_exec, connecting' => "if (!function_exists('curl_init')) { sleep(1000); } \$c = curl_init('http://$crowded/'); curl_exec(\$c);",
    'curl_multi_select' => "if (!function_exists('curl_init')) { sleep(1000); } \$c = curl_init('http://$address/'); \$m = curl_multi_init(); curl_multi_add_handle(\$m, \$c); do { curl_multi_exec(\$m, \$n); curl_multi_select(\$m, 1000); } while (\$n);",
    'shell_exec' => 'shell_exec("exec sleep 20");',
    'exec' => 'exec("exec sleep 20");',
    'passthru' => 'passthru("exec sleep 20");',
    'popen' => '$p = popen("exec sleep 20", "r"); fread($p, 10);',
    'pclose' => '$p = popen("exec sleep 20 </dev/null >/dev/null", "w"); pclose($p);',
    'proc_open' => '$p = proc_open(["sleep", "20"], [1 => ["pipe", "w"]], $pipes); stream_get_contents($pipes[1]);',
    'proc_close' => '$p = proc_open(["sleep", "20"], [], $pipes); proc_close($p);',
    'a full pipe' => '$p = proc_open(["sleep", "20"], [0 => ["pipe", "r"]], $pipes); fwrite($pipes[0], str_repeat("x", 1_000_000));',
    'flock' => "flock(fopen($locked, 'r'), LOCK_EX);",
    'file_put_contents' => "file_put_contents($locked, 'x', LOCK_EX);",
    'opening a FIFO' => "fopen($fifo, 'r');",
    'sleep' => 'sleep(1000);',
    'usleep' => 'usleep(1_000_000_000);',
    'time_nanosleep' => 'time_nanosleep(1000, 0);',
    'time_sleep_until' => 'time_sleep_until(microtime(true) + 1000);',
    'a locked SQLite' => "if (!class_exists('SQLite3')) { sleep(1000); } $busy \$two = new SQLite3($database); \$two->busyTimeout(1_000_000); \$two->exec('BEGIN EXCLUSIVE');",
    'a locked SQLite by PDO' => "if (!in_array('sqlite', class_exists('PDO') ? PDO::getAvailableDrivers() : [])) { sleep(1000); } $busy \$two = new PDO('sqlite:' . $database); \$two->exec('BEGIN EXCLUSIVE');",
    'a locked SQLite by its pragma' => "if (!class_exists('SQLite3')) { sleep(1000); } $busy \$two = new SQLite3($database); \$two->exec('PRAGMA busy_timeout = 1000000'); \$two->exec('BEGIN EXCLUSIVE');",
    'a query' => "if (!class_exists('SQLite3')) { sleep(1000); } (new SQLite3(':memory:'))->querySingle('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c');",
] as $label => $code) {
    foreach ([true, false] as $cancels) {
        @unlink(tmp('started'));
        @unlink(tmp('stopped'));
        $future = $vm->run($task, [$code, tmp('started'), tmp('stopped')], timeout: $cancels ? null : 0.05);
        if ($cancels) {
            started($future, tmp('started'));
            usleep(20000); // not a condition: that the call waits by then makes the case harder
            $cancelled = $future->cancel();
        } else {
            $cancelled = true;
        }
        try {
            $end = get_debug_type($future->await());
        } catch (Throwable $e) {
            $end = $e::class;
        }
        $how = @file_get_contents(tmp('stopped'));
        if (!$cancelled || $how !== 'finally' || ($end !== ($cancels ? 'FfiZts\CancelledException' : 'FfiZts\TimeoutException'))) {
            echo "$label, ", $cancels ? 'cancel()' : 'time limit', ': ', json_encode([$cancelled, $how, $end, isset($e) ? plain($e->getMessage()) : '']), "\n";
        }
        unset($e);
    }
    @unlink(tmp('database'));
}
$info = $vm->info();
echo $vm->run(fn () => 'serves on')->await(), "\n";
echo json_encode(array_count_values(array_column($info['workers'], 'state'))), "\n";
?>
--EXPECT--
serves on
{"idle":1}
