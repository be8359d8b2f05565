<?php
//# options: --cancel-after 150 --ini pcre.backtrack_limit=2000000000 --ini pcre.jit=0
//# stderr: cancel: (Stopped|Lost)|exited 0
//# status: any
//# seconds: 15
preg_match('/(?:\D+|<\d+>)*[!?]/', str_repeat('foobar ', 5));
preg_match('/^(a+)+$/', str_repeat('a', 40) . 'b');
