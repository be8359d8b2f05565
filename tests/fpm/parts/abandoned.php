<?php

[, $kind, $n] = $argv;
if ($kind === 'soon') {
    usleep(5000);
    echo "soon $n\n";
    exit;
}
if ($kind === 'ignore') {
    register_shutdown_function(function () {
        while (true) {
        }
    });
}
while (true) {
    usleep(1000);
    echo "$kind $n\n";
}
