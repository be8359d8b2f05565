<?php

for ($i = 1; $i <= $argv[1]; $i++) {
    echo "line $i of the guest\n";
}
