<?php
//# HAZARDS 12
//# stdout: absent
echo function_exists('pcntl_fork') ? "there\n" : "absent\n";
