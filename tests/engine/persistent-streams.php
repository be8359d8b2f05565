<?php
//# pfsockopen on a worker: ts_free_thread() used to abort at the thread's end (HAZARDS 27).
//# options: --jobs 8 --threads 4 --parallel
//# valgrind
//# stdout: persistent
static $servers = [];
$server = stream_socket_server('tcp://127.0.0.1:0', $code, $message);
$port = (int) substr(strrchr(stream_socket_get_name($server, false), ':'), 1);
$client = pfsockopen('127.0.0.1', $port, $code, $message, 2);
$peer = stream_socket_accept($server, 2);
fwrite($client, "x\n");
echo fgets($peer) === "x\n" ? "persistent\n" : "broken\n";
