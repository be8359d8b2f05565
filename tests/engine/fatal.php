<?php
//# valgrind-alloc
//# status: 255
//# stdout: shutdown saw 1
//# stderr: fatal error 1: Allowed memory size.*fatal\.php
//# options: --ini memory_limit=4M
register_shutdown_function(function () {
    $error = error_get_last();
    echo "shutdown saw {$error['type']}\n";
});
$x = [];
while (true) {
    $x[] = str_repeat('x', 65536);
}
