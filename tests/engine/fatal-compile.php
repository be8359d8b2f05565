<?php
//# valgrind
//# status: 255
//# stderr: (fatal|threw) .*(Cannot redeclare|declare)
function one() {}
eval('function one() {}');
