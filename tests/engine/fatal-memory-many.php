<?php
//# The limit is each job's own, and after each the memory is back.
//# options: --ini memory_limit=8M --jobs 200 --threads 2 --parallel
//# status: 255
//# stderr: 200 jobs
$x = range(1, 10_000_000);
