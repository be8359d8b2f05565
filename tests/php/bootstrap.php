<?php

declare(strict_types=1);

require __DIR__ . '/../../php/autoload.php';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'FfiZts\\Tests\\')) {
        $file = __DIR__ . '/' . strtr(substr($class, strlen('FfiZts\\Tests\\')), '\\', '/') . '.php';
        is_file($file) && require $file;
    }
});
