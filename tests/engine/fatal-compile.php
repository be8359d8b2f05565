<?php
//# valgrind
//# status: 255
//# stderr: fatal error 64: Cannot redeclare
function one() {}
eval('function one() {}');
