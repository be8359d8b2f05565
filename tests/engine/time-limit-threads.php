<?php
//# The limit counts the CPU time of its own thread (HAZARDS 3).
//# options: --jobs 4 --threads 4 --parallel
//# status: 0
//# stderr: job 4 .*exited 0
set_time_limit(3);
$end = hrtime(true) + 500_000_000;
while (hrtime(true) < $end) {
}
