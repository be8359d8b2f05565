<?php
//# STDIN, STDOUT and STDERR are on descriptors of their own: closing them does not close the process's (HAZARDS 14).
//# options: --jobs 3
//# stdout: open
fclose(STDOUT);
fclose(STDIN);
fclose(fopen('php://stdout', 'w'));
foreach ([0, 1] as $descriptor) {
    if (!file_exists("/proc/self/fd/$descriptor")) {
        exit(1);
    }
}
echo "open\n";
