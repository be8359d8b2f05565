<?php
//# valgrind
//# stdout: line 1
//# stdout: line 2000
//# stdout: end
for ($i = 1; $i <= 2000; $i++) {
    echo "line $i\n";
}
ob_start();
echo "end\n";
