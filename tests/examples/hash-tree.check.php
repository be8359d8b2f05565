<?php

/* Each file of php/ with its sum, as sha256sum writes it. */

declare(strict_types=1);

$root = dirname(__DIR__, 2) . '/php';
$expected = [];
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS)) as $file) {
    $expected[substr($file->getPathname(), strlen($root) + 1)] = hash_file('sha256', $file->getPathname());
}
ksort($expected);
$lines = array_map(static fn (string $name): string => "$expected[$name]  $name\n", array_keys($expected));
$seen = (string) stream_get_contents(STDIN);
if (count($expected) < 10 || $seen !== implode('', $lines)) {
    echo $seen;
    exit(1);
}
