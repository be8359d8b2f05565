<?php
//# posix_kill() of the own process is refused: it is the host's (HAZARDS 29).
//# stdout: refused 3
//# stderr: any
$refused = 0;
foreach ([getmypid(), 0, -1] as $pid) {
    $refused += (int) !@posix_kill($pid, 15);
}
echo "refused $refused\n";
