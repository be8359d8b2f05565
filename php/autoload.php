<?php

declare(strict_types=1);

/*
 * Loads the classes of this directory without Composer: FfiZts\Command\X stands in Command/X.php.
 * Classes that the extension defines (FfiZts\Vm, FfiZts\Internal\…) are no files, and are left alone.
 */
spl_autoload_register(static function (string $class): void {
    if (preg_match('/^FfiZts\\\\((?:Bundle|Command|Composer|Doctor|EventLoop|Install)\\\\\w+)$/D', $class, $match) === 1) {
        $file = __DIR__ . '/' . strtr($match[1], '\\', '/') . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
