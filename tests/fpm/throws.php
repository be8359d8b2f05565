<?php

// The guest's uncaught exception, fatal error and exit, as a page sees them.
declare(strict_types=1);

$vm = FfiZts::boot();
foreach (['throw', 'fatal', 'exit'] as $how) {
    try {
        $result = $vm->runScript(__DIR__ . '/parts/end.php', [$how]);
        echo "$how $result->exitCode\n";
    } catch (Throwable $throwable) {
        echo $how, ' ', $throwable::class, "\n";
    }
}
