<?php

// The host's echo goes through its shell callbacks, which a guest's readline would take over (HAZARDS 26).
declare(strict_types=1);

echo "before\n";
$vm = FfiZts::boot();
$vm->runScript(__DIR__ . '/../../examples/hello.php');
echo "after the boot\n";
print("and print\n");
ob_start();
$vm->runScript(__DIR__ . '/../../examples/hello.php');
echo strlen(ob_get_clean()), "\n";
$vm->shutdown();
echo "after the shutdown\n";
exit(7);
