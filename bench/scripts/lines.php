<?php

// As many lines as a loop can echo.
declare(strict_types=1);

for ($i = 0; $i < 200_000; $i++) {
    echo "line $i of two hundred thousand\n";
}
