<?php

/*
 * The SHA-256 of every file below a directory, hashed on all cores, in the order of the names.
 *
 *     php -d extension=ffi_zts.so examples/hash-tree.php [DIRECTORY]
 *
 * The list of files is an iterator: Pool::map() asks it for more only when a worker is about to be free, so a tree of
 * millions of files needs no more memory than its results.
 */

declare(strict_types=1);

/** @return Generator<string, string> name below the directory => file */
function files(string $directory): Generator
{
    $tree = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($directory, FilesystemIterator::SKIP_DOTS));
    foreach ($tree as $file) {
        if ($file->isFile() && $file->isReadable()) {
            yield substr($file->getPathname(), strlen($directory) + 1) => $file->getPathname();
        }
    }
}

$directory = rtrim($argv[1] ?? dirname(__DIR__) . '/php', '/');
$processors = (int) shell_exec('nproc') ?: 2;

$pool = FfiZts::boot(['threads' => $processors])->pool($processors);
$sums = $pool->map(files($directory), static fn (string $file): string => hash_file('sha256', $file));
$pool->close();

ksort($sums);
foreach ($sums as $name => $sum) {
    echo "$sum  $name\n";
}
