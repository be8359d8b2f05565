<?php
//# options: --cancel-after 150
//# stderr: cancel: (Stopped|Lost)
//# status: 124
//# seconds: 10
$pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fread($pair[0], 1);
