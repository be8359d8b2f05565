<?php

// Says that it is there, and holds its worker until the gate is open: argv[1] is a directory, argv[2] a name.
declare(strict_types=1);

touch("$argv[1]/$argv[2]");
while (!file_exists("$argv[1]/open")) {
    usleep(50);
}
