<?php

require __DIR__ . '/xml.php';
[, $me, $directory] = $argv;
$said = [];
for ($i = 0; $i < 200; $i++) {
    $said[expand($me, $directory)] = true;
}
return implode(' | ', array_keys($said));
