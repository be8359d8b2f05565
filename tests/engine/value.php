<?php
//# valgrind
//# stderr: exited 0, returned .'list' => .1, 2.5, null, true., 'bytes' => '.x00.xff'
return ['list' => [1, 2.5, null, true], 'bytes' => "\x00\xff", 'empty' => []];
