<?php
//# valgrind
//# stdout: handled: inner
//# stdout: shutdown
//# status: 0
//# stderr: exited 0
set_exception_handler(function ($e) {
    echo "handled: {$e->getMessage()}\n";
});
register_shutdown_function(fn () => print("shutdown\n"));
throw new Exception('inner');
