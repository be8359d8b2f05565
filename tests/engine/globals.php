<?php
//# argv: one two
//# stdout: globals.php one two 3 ffi-zts
//# valgrind
echo basename($argv[0]), " $argv[1] $argv[2] $argc ", PHP_SAPI, "\n";
if ($_SERVER['argv'] !== $argv || !isset($_SERVER['REQUEST_TIME_FLOAT'], $_SERVER['SCRIPT_FILENAME'])) {
    exit(1);
}
