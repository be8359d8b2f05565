<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Files and directories, with failures as errors that name the path. */
final class Disk
{
    /**
     * Opens a file; a mode of `x` refuses one that is there, links as well. Children do not inherit it: one that outlives this
     * process would keep its locks.
     *
     * @return resource
     */
    public static function open(string $path, string $mode)
    {
        // PHP resolves a link before it opens what the link leads to, so that O_EXCL never sees the link itself.
        if ($mode[0] === 'x' && is_link($path)) {
            throw InstallError::cannotWrite("cannot write $path: File exists");
        }
        error_clear_last();
        return @fopen($path, "{$mode}e") ?: throw InstallError::cannotWrite("cannot write $path: " . self::lastError());
    }

    /** @param resource $file */
    public static function write($file, string $bytes, string $path): void
    {
        for ($done = 0, $length = strlen($bytes); $done < $length; $done += $written) {
            error_clear_last();
            $written = @fwrite($file, $done === 0 ? $bytes : substr($bytes, $done));
            if ($written === false || $written === 0) {
                throw InstallError::cannotWrite("cannot write $path: " . self::lastError(), 'make room, or choose another place with --dir');
            }
        }
    }

    /** @param resource $file */
    public static function close($file, string $path): void
    {
        error_clear_last();
        if (!@fflush($file) || !@fclose($file)) {
            throw InstallError::cannotWrite("cannot write $path: " . self::lastError());
        }
    }

    /** One that is made here is for everybody to read, whatever the umask: the PHP of a web server loads what is in it. */
    public static function makeDirectory(string $path): void
    {
        if (is_dir($path)) {
            return;
        }
        error_clear_last();
        if (@mkdir($path, 0755, true)) {
            chmod($path, 0755);
        } elseif (!is_dir($path)) {
            throw InstallError::cannotWrite("cannot make the directory $path: " . self::lastError());
        }
    }

    public static function rename(string $from, string $to): void
    {
        error_clear_last();
        if (!@rename($from, $to)) {
            throw InstallError::cannotWrite("cannot move $from to $to: " . self::lastError());
        }
    }

    /** Has the bytes of a file, or the names of a directory, written to the medium. */
    public static function sync(string $path): void
    {
        error_clear_last();
        $file = @fopen($path, 'r');
        $done = $file !== false && @fsync($file);
        if ($file !== false) {
            fclose($file);
        }
        if (!$done) {
            throw InstallError::cannotWrite("cannot sync $path: " . self::lastError());
        }
    }

    /** Removes a file, a link or a whole directory; links within it are not followed. */
    public static function remove(string $path): void
    {
        if (is_dir($path) && !is_link($path)) {
            foreach (scandir($path) ?: [] as $name) {
                if ($name !== '.' && $name !== '..') {
                    self::remove("$path/$name");
                }
            }
            error_clear_last();
            if (!@rmdir($path) && is_dir($path)) {
                throw InstallError::cannotWrite("cannot remove $path: " . self::lastError());
            }
            return;
        }
        error_clear_last();
        if (!@unlink($path) && (is_link($path) || file_exists($path))) {
            throw InstallError::cannotWrite("cannot remove $path: " . self::lastError());
        }
    }

    /** What the operating system said of the last failure, without PHP's words around it. */
    public static function lastError(): string
    {
        $message = error_get_last()['message'] ?? 'unknown error';
        $message = preg_replace('/^.*?(?:errno=\d+ |failed to open stream: |Failed to open stream: )/', '', $message) ?? $message;
        return (string) preg_replace('/^\w+\(.*?\): /', '', $message);
    }
}
