<?php
//# HAZARDS 16: setlocale() is the thread's own and is gone with the job
//# options: --jobs 6 --threads 3 --parallel
//# valgrind
//# stdout: C before
//# stdout-not: other before
echo setlocale(LC_CTYPE, 0) === 'C' ? "C before\n" : "other before\n";
setlocale(LC_ALL, 'C.UTF-8', 'C.utf8');
usleep(1000);
