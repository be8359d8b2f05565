<?php
//# valgrind
//# status: 7
//# stdout: shutdown
//# stderr: exited 7
register_shutdown_function(fn () => print("shutdown\n"));
exit(7);
