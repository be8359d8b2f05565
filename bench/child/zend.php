<?php

// Zend/bench.php of php-src (argv[2]), as it counts its own time: on the host itself, or in the guest; argv[3]: options of boot().
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

[, $where, $file] = $_SERVER['argv'];
ob_start();
if ($where === 'guest') {
    \FfiZts::boot(json_decode($_SERVER['argv'][3], true))->runScript($file);
} else {
    // In the global scope, as php does with a script.
    (static function () use ($file): void {
        require $file;
    })();
}
$output = (string) ob_get_clean();
if (!preg_match('/^Total\s+([\d.]+)/m', $output, $found)) {
    throw new \RuntimeException("Zend/bench.php printed no total: $output");
}
report(['total' => (float) $found[1]]);
