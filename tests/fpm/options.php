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
    'sapi_name' => 'cli',
];
$settings = [
    'sqlite3.extension_dir' => '/nowhere',
    'user_agent' => 'page', // the pools have it by php_admin_value, so that a page may not set it
    'precision' => 7,
    'opcache.memory_consumption' => 64,
];
$try = static function (string $label, array $options): void {
    try {
        FfiZts::boot($options);
        echo "$label accepted\n";
    } catch (FfiZts\Exception $exception) {
        echo "$label ", $exception::class, "\n";
    }
};
foreach ($options as $name => $value) {
    $try($name, [$name => $value]);
}
foreach ($settings as $key => $value) {
    $try($key, ['ini' => [$key => $value]]);
}
$result = FfiZts::boot(['threads' => 2])->runScript(__DIR__ . '/parts/echo.php', ['0']);
echo "threads accepted $result->exitCode\n";
