<?php
//# options: --jobs 8 --threads 4 --parallel
//# stdout-bytes: 8388608
for ($i = 0; $i < 1024; $i++) {
    echo str_repeat('x', 1023), "\n";
}
