<?php
//# status: 255
//# stderr: fatal error 1: Maximum execution time of 1 second
set_time_limit(1);
while (true) {
}
