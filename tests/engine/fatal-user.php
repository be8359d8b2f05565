<?php
//# valgrind
//# status: 255
//# stderr: fatal error 256: on purpose in .*fatal-user.php:5
@trigger_error('on purpose', E_USER_ERROR);
