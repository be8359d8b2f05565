<?php
// Leaves a persistent stream behind (HAZARDS 27).
$server = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($server, false), ':'), 1);
$client = pfsockopen('127.0.0.1', $port);
stream_socket_accept($server);
fwrite($client, 'x');
