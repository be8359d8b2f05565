<?php

/* What the packer reads of a shared object: `php -n elf.php SCRIPTS FILE` prints glibc's release and the sonames. */

declare(strict_types=1);

foreach (['Failure', 'Files', 'Elf'] as $class) {
    require "$argv[1]/package/$class.php";
}
try {
    $elf = FfiZts\Package\Elf::read($argv[2]);
    echo $elf->glibc, ' ', implode(' ', $elf->needed), "\n";
} catch (FfiZts\Package\Failure $failure) {
    echo $failure->getMessage(), "\n";
}
