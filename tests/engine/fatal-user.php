<?php
//# valgrind
//# status: 255
//# stderr: fatal .*typeI.x00.x01.*on purpose
trigger_error('on purpose', E_USER_ERROR);
