--TEST--
Hazard 27: persistent streams and connections on workers whose threads end
--FILE--
<?php
require __DIR__ . '/../support.inc';

$server = proc_open([PHP_BINARY, '-n', '-r', '
    $s = stream_socket_server("tcp://127.0.0.1:0");
    echo stream_socket_get_name($s, false), "\n";
    $all = [];
    while (true) { $r = array_merge([$s], $all); $w = $e = null; if (!stream_select($r, $w, $e, 60)) exit; if (in_array($s, $r, true)) { $c = stream_socket_accept($s); fwrite($c, "hello\n"); $all[] = $c; } foreach ($r as $x) if ($x !== $s && feof($x)) { fclose($x); $all = array_filter($all, fn ($y) => $y !== $x); } }'],
    [1 => ['pipe', 'w']], $pipes);
[$host, $port] = explode(':', trim(fgets($pipes[1])));
for ($i = 0; $i < 10; $i++) {
    $process = php('
        $vm = FfiZts::boot(["threads" => 4]);
        $job = script("
            \$s = pfsockopen(\"' . $host . '\", ' . $port . ');
            \$t = stream_socket_client(\"tcp://' . "$host:$port" . '\", \$n, \$m, 5, STREAM_CLIENT_CONNECT | STREAM_CLIENT_PERSISTENT);
            \$d = new PDO(\"sqlite::memory:\", null, null, [PDO::ATTR_PERSISTENT => true]);
            touch(\"\$argv[1]/here-\$argv[2]\");
            while (count(glob(\"\$argv[1]/here-*\")) < 4) usleep(500);
            return [is_resource(\$s), get_resource_type(\$s), is_resource(\$t)];");
        for ($i = 0; $i < 4; $i++) $futures[] = $vm->startScript($job, [tmp(), $i]);
        foreach ($futures as $future) $seen[] = json_encode($future->await()->value);
        // Again on the same workers: the connections are kept.
        for ($i = 0; $i < 8; $i++) $seen[] = json_encode($vm->runScript($job, [tmp(), $i])->value);
        echo count($seen), implode(array_unique($seen));
        ' . ($i % 2 ? '$vm->shutdown(); echo Probe::threads();' : '') . '
        exit(6);', limit: 20);
    $results[] = $process['status'] . ' ' . $process['out'] . $process['err'];
}
proc_terminate($server);
foreach (array_count_values($results) as $result => $count) {
    echo "$count times $result\n";
}
?>
--EXPECT--
5 times 6 12[true,"persistent stream",true]
5 times 6 12[true,"persistent stream",true]1
