<?php

// Which options a page may give, by the class of what is thrown.
declare(strict_types=1);

$options = [
    'library' => '/nowhere/libphp.so',
    'libdir' => '/nowhere',
    'runtime' => '/nowhere',
    'extensions' => ['opcache'],
    'extension_dir' => '/nowhere',
    'ini_file' => '/nowhere/php.ini',
    'ini' => ['extension_dir' => '/nowhere'],
];
foreach ($options as $name => $value) {
    try {
        FfiZts::boot([$name => $value]);
        echo "$name accepted\n";
    } catch (FfiZts\Exception $exception) {
        echo "$name ", $exception::class, "\n";
    }
}
$result = FfiZts::boot(['threads' => 2])->runScript(__DIR__ . '/parts/echo.php', ['0']);
echo "threads accepted $result->exitCode\n";
