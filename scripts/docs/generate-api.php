<?php

/*
 * Writes the API reference, docs/api/*.md, from the stubs.
 *
 *   php -n scripts/docs/generate-api.php [DIRECTORY]      docs/api without DIRECTORY
 *
 * It runs in a PHP that has not loaded the extension, since the stubs define the extension's classes.
 */

declare(strict_types=1);

namespace FfiZts\Docs;

$root = dirname(__DIR__, 2);
if (extension_loaded('ffi_zts')) {
    fwrite(STDERR, "generate-api: this PHP has loaded ffi_zts, whose classes the stubs define; run it with php -n\n");
    exit(1);
}
require __DIR__ . '/DocComment.php';
require __DIR__ . '/ApiPages.php';
require "$root/stubs/ffi_zts.php";

$directory = $argv[1] ?? "$root/docs/api";
if (!is_dir($directory) && !mkdir($directory, 0777, true)) {
    fwrite(STDERR, "generate-api: cannot make the directory $directory\n");
    exit(1);
}
$pages = ApiPages::all();
foreach ($pages as $name => $text) {
    if (file_put_contents("$directory/$name", $text) !== strlen($text)) {
        fwrite(STDERR, "generate-api: cannot write $directory/$name\n");
        exit(1);
    }
}
// A class that is gone takes its page along.
foreach (glob("$directory/*.md") ?: [] as $file) {
    if (!isset($pages[basename($file)])) {
        unlink($file);
    }
}
