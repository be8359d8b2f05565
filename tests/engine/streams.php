<?php
//# valgrind
//# stdout: streams work
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($pair[0], "hello\n");
$got = fgets($pair[1]);
$process = proc_open(['cat'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
fwrite($pipes[0], $got);
fclose($pipes[0]);
$got = stream_get_contents($pipes[1]);
proc_close($process);
$temp = fopen('php://temp/maxmemory:16', 'w+');
stream_filter_append($temp, 'string.rot13', STREAM_FILTER_WRITE);
fwrite($temp, $got);
rewind($temp);
echo str_rot13(stream_get_contents($temp)) === "hello\n" ? "streams work\n" : "streams fail\n";
