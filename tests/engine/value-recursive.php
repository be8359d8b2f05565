<?php
//# valgrind
//# stderr: exited 0, returned nothing.*recurs
$a = [1];
$a['self'] = &$a;
return $a;
