<?php
// One line of measurements of the process: memory in kB, descriptors, threads.
$x = str_repeat('x', 100_000) . json_encode(range(1, 100));
$o = new ArrayObject([1, 2, 3]);
$f = fopen('php://memory', 'w+');
preg_match('/a(b+)c/', 'abbbc', $m);
echo (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4, ' ',
    count(scandir('/proc/self/fd')), ' ', count(scandir('/proc/self/task')), "\n";
