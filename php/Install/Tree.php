<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** A directory with all that is in it. */
final class Tree
{
    /**
     * Removes it; a link is removed, and what it leads to stays.
     *
     * @throws CannotWrite
     */
    public static function remove(string $path): void
    {
        if (is_link($path) || is_file($path)) {
            OwnFile::remove($path);
            return;
        }
        if (!is_dir($path)) {
            return;
        }
        foreach (array_diff(scandir($path), ['.', '..']) as $name) {
            self::remove("$path/$name");
        }
        if (!@rmdir($path)) {
            throw new CannotWrite("cannot remove $path: " . preg_replace('/^\w+\(.*\): /s', '', error_get_last()['message'] ?? 'unknown'));
        }
    }
}
