<?php
//# A job that writes without end is stopped while its buffer is full.
//# options: --cancel-after 150
//# stderr: cancel: Stopped
//# status: 124
//# stdout: any
//# seconds: 8
while (true) {
    echo str_repeat('x', 100000);
}
