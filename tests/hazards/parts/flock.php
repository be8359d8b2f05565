<?php

[, $file, $rounds] = $argv;
for ($i = 0; $i < (int) $rounds; $i++) {
    $handle = fopen($file, 'r+');
    flock($handle, LOCK_EX);
    $number = (int) stream_get_contents($handle);
    rewind($handle);
    fwrite($handle, (string) ($number + 1));
    fflush($handle);
    flock($handle, LOCK_UN);
    fclose($handle);
}
