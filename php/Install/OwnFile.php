<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** The ini file that `enable` writes: a mark with the hash of what follows, and one line for PHP. */
final class OwnFile
{
    private const MARK = '; Written by `ffi-zts enable`, removed by `ffi-zts disable`; not to be edited. sha256:';

    /** The priority is for phpenmod: after FFI's (20), since order is by name. */
    private const PRIORITY = 30;

    public static function text(string $line): string
    {
        $body = '; priority=' . self::PRIORITY . "\n$line\n";
        return self::MARK . hash('sha256', $body) . "\n$body";
    }

    public static function state(string $path): OwnState
    {
        if (!is_file($path)) {
            return is_link($path) || file_exists($path) ? OwnState::Foreign : OwnState::Absent;
        }
        [$first, $body] = explode("\n", (string) @file_get_contents($path), 2) + [1 => ''];
        if (!str_starts_with($first, self::MARK)) {
            return OwnState::Foreign;
        }
        return hash_equals(substr($first, strlen(self::MARK)), hash('sha256', $body)) ? OwnState::Ours : OwnState::Edited;
    }

    /**
     * Writes it whole or not at all.
     *
     * @throws CannotWrite
     */
    public static function write(string $path, string $text): void
    {
        $fresh = "$path." . bin2hex(random_bytes(4)) . '.new';
        error_clear_last();
        $stream = @fopen($fresh, 'x');
        $done = $stream !== false && @fwrite($stream, $text) === strlen($text) && @fflush($stream) && @fsync($stream)
            && @chmod($fresh, 0644) && @rename($fresh, $path);
        if (!$done) {
            $why = self::reason();
            if ($stream !== false) {
                @unlink($fresh);
            }
            throw new CannotWrite("cannot write $path: $why");
        }
    }

    /** @throws CannotWrite */
    public static function remove(string $path): void
    {
        error_clear_last();
        if ((is_file($path) || is_link($path)) && !@unlink($path)) {
            throw new CannotWrite("cannot remove $path: " . self::reason());
        }
    }

    /** The system's words for the last failure, without PHP's own before them. */
    private static function reason(): string
    {
        return preg_replace('/^\w+\(.*\): (?:Failed to open stream: )?/s', '', error_get_last()['message'] ?? 'it was cut short');
    }
}
