<?php
//# 32 MB through the bounded buffer
//# stdout-bytes: 33554432
$chunk = str_repeat('0123456789abcde' . "\n", 4096);
for ($i = 0; $i < 512; $i++) {
    echo $chunk;
}
