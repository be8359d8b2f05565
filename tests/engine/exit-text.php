<?php
//# valgrind
//# stdout: bye
//# stderr: exited 0
exit("bye\n");
