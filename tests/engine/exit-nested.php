<?php
//# exit below callbacks, generators and finally
//# valgrind
//# status: 9
//# stderr: exited 9
function deep()
{
    try {
        yield array_map(fn () => array_filter([1], fn () => exit(9)), [1]);
    } finally {
        echo '';
    }
}
foreach (deep() as $x) {
    echo 'never';
}
