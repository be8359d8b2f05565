<?php

/* Boots the guest of the bundle whose extension is loaded, and each extension that it brings. Prints `OK VERSION` at its end. */

declare(strict_types=1);

$runtime = $argv[1];
$extensions = array_keys(json_decode(file_get_contents("$runtime/runtime.json"), true, 16, JSON_THROW_ON_ERROR)['extensions']);
if ($argc > 2) {
    $name = $argv[2];
    $vm = FfiZts::boot(['extensions' => [$name]]);
    $isLoaded = $vm->run(static fn (string $name): bool => extension_loaded($name === 'opcache' ? 'Zend OPcache' : $name), [$name])->await();
    echo $isLoaded ? 'OK' : "$name is not loaded", "\n";
    exit;
}
$vm = FfiZts::boot();
[$version, $sum] = $vm->run(static fn (int ...$numbers): array => [phpversion(), array_sum($numbers)], [1, 2, 3])->await();
if ($sum !== 6) {
    exit("the sum is $sum\n");
}
$php = PHP_BINARY;
foreach ($extensions as $file) {
    $name = basename($file, '.so');
    $command = [$php, '-n', '-d', 'extension=' . dirname($runtime) . '/ffi_zts.so', __FILE__, $runtime, $name];
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $output = stream_get_contents($pipes[1]);
    if (proc_close($process) !== 0 || $output !== "OK\n") {
        exit("$name: $output\n");
    }
}
echo "OK $version\n";
