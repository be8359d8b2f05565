<?php

// A memory limit of the pool's administrator, which neither the page nor its jobs may raise.
declare(strict_types=1);

echo 'page ', @ini_set('memory_limit', '1G') === false ? 'may not' : 'may', "\n";
$vm = FfiZts::boot(['threads' => 2]);
$vm->runScript(__DIR__ . '/parts/limit.php');
echo 'task ', $vm->run(static fn (): string => @ini_set('memory_limit', '1G') === false ? 'may not' : 'may')->await(), "\n";
