--TEST--
Sockets, pipes and TLS in the guest: servers and clients in different jobs, stream_select(), non-blocking, timeouts
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2]);
$server = $vm->startScript(script(<<<'PHP'
    $s = stream_socket_server('tcp://127.0.0.1:0');
    file_put_contents("$argv[1].new", stream_socket_get_name($s, false));
    rename("$argv[1].new", $argv[1]);
    $c = stream_socket_accept($s, 30);
    while (($line = fgets($c)) !== false && trim($line) !== 'quit') fwrite($c, strtoupper($line));
    return 'served';
    PHP), [tmp('address')]);
started($server, tmp('address'));
echo $vm->runScript(script(<<<'PHP'
    $c = stream_socket_client('tcp://' . file_get_contents($argv[1]), $n, $m, 30);
    stream_set_timeout($c, 30);
    fwrite($c, "hello\n");
    $r = [$c]; $w = $e = null;
    $ready = stream_select($r, $w, $e, 30);
    $line = fgets($c);
    fwrite($c, "quit\n");
    return "$ready $line";
    PHP), [tmp('address')])->value;
echo $server->await(30)->value, "\n";
?>
--EXPECT--
1 HELLO
served
