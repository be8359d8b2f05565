<?php

// Both sides hammer the environment (HAZARDS 17). Arguments: seconds.
declare(strict_types=1);

$vm = FfiZts::boot(['threads' => 4, 'extensions' => ['curl', 'intl', 'mbstring']]);
$futures = [];
for ($i = 0; $i < 4; $i++) {
    $futures[] = $vm->startScript(__DIR__ . '/parts/environment.php', [$argv[1], "guest$i"]);
}
$end = hrtime(true) + (int) $argv[1] * 1_000_000_000;
$rounds = 0;
putenv('FFI_ZTS_SHARED=host');
while (hrtime(true) < $end) {
    $name = 'FFI_ZTS_HOST_' . $rounds % 500;
    putenv($name . '=' . str_repeat('h', $rounds % 300));
    if (strlen((string) getenv($name)) !== $rounds % 300 || getenv('FFI_ZTS_SHARED') !== 'host') {
        exit("the host's environment is not what the host made of it\n");
    }
    if ($rounds % 50 === 0) {
        getenv();
        localtime();
    }
    putenv($name);
    $rounds++;
}
$theirs = array_map(static fn (FfiZts\Future $future): int => $future->await()->value, $futures);
echo min($theirs) > 0 && $rounds > 0 && getenv('FFI_ZTS_SHARED') === 'host' ? "intact\n" : "broken\n";
