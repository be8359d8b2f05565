<?php
//# A bailout while an output callback runs (HAZARDS 8).
//# valgrind-alloc
//# options: --ini memory_limit=4M
//# status: 255
//# stderr: fatal
ob_start(function ($buffer) {
    $x = str_repeat('x', 64 << 20);
    return strlen($x);
});
echo 'text';
ob_end_flush();
