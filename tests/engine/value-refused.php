<?php
//# A value that cannot cross is refused with the path to it; the job itself has succeeded.
//# valgrind
//# stdout: before
//# stderr: exited 0, returned nothing.*value\['a'\]\['b'\]
echo "before\n";
return ['a' => ['b' => new PDO('sqlite::memory:')]];
