<?php
//# Every SAPI callback is there (HAZARDS 28).
//# valgrind
//# stdout: still here
//# stderr: any
header('');
header('X-One: 1');
header('Location: /x', true, 302);
setcookie('a', 'b');
http_response_code(404);
header_remove();
flush();
connection_status();
ignore_user_abort(true);
get_current_user();
getmyuid();
error_log('a log line');
file_get_contents('php://input');
phpinfo(INFO_GENERAL);
echo "\nstill here\n";
