<?php
//# valgrind
//# status: 255
//# stderr: (threw|fatal) .*ParseError.*syntax error
$x = 1 +;
