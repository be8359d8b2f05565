--TEST--
What runs when a job has begun to unwind waits as it likes: the signals that asked for the stop cut no sleep, no read, no limit, no child
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$server = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($server, false);
$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 120.0]);
$future = $vm->run(static function (string $address, string $started, string $said): void {
    $connection = stream_socket_client("tcp://$address");
    touch($started);
    try {
        fread($connection, 100);
    } finally {
        $start = hrtime(true);
        usleep(100_000);
        sleep(1);
        time_nanosleep(0, 100_000_000);
        time_sleep_until(microtime(true) + 0.1);
        $slept = (hrtime(true) - $start) / 1e9;
        fwrite($connection, "ROLLBACK\n");
        $answer = fgets($connection);
        // A limit of PHP's own is that, however many signals come meanwhile.
        stream_set_timeout($connection, 0, 200_000);
        $start = hrtime(true);
        $silence = fgets($connection);
        $waited = (hrtime(true) - $start) / 1e9;
        [$read, $none] = [[$connection], null];
        $child = proc_open(['sh', '-c', 'sleep 0.2; exit 7'], [], $pipes);
        file_put_contents($said, json_encode([
            'slept' => $slept >= 1.29, 'answer' => $answer, 'silence' => $silence, 'timed out' => stream_get_meta_data($connection)['timed_out'],
            'waited' => $waited >= 0.19, 'shell' => shell_exec('sleep 0.2; echo done'), 'status' => proc_close($child),
            'select' => stream_select($read, $none, $none, 0, 100_000),
        ]));
    }
}, [$address, tmp('started'), tmp('said')]);
$connection = stream_socket_accept($server);
started($future, tmp('started'));
// Each request to stop is a signal; cancel() sends one every 10 ms.
$answers = $vm->thread()->run(static function ($connection) { fgets($connection); usleep(300_000); fwrite($connection, "OK\n"); return true; }, [$connection]);
var_dump($future->cancel(), $answers->await());
echo file_get_contents(tmp('said')), "\n";
thrown(fn () => $future->await());
?>
--EXPECTF--
bool(true)
bool(true)
{"slept":true,"answer":"OK\n","silence":false,"timed out":true,"waited":true,"shell":"done\n","status":7,"select":0}
FfiZts\CancelledException: the job was cancelled%S
