<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;
use FfiZts\Install\PhpIni;

/** `ffi-zts enable`: the line of php.ini that loads the extension, told or written. */
final class EnableCommand implements Command
{
    public function run(array $arguments): int
    {
        [$write, $sapi] = self::options($arguments);
        $file = ExtensionFile::locate();
        if ($file->path === null) {
            throw new Failure($file->notFound());
        }
        $ini = PhpIni::current();
        if ($sapi !== null) {
            $ini = $ini->forSapi($sapi) ?? throw new Failure("there is no configuration directory for the SAPI $sapi beside {$ini->directory}");
        }
        $target = $ini->target();
        if (self::has($target, $file->line)) {
            echo "$target already has {$file->line}\n";
            return 0;
        }
        if (!$write) {
            echo "Put this line into $target (or run `ffi-zts enable --write`):\n\n    {$file->line}\n\n";
            return 0;
        }
        self::append($target, $file->line);
        echo "Wrote {$file->line} to $target\n";
        return 0;
    }

    /**
     * @param list<string> $arguments
     *
     * @return array{bool, ?string}
     */
    private static function options(array $arguments): array
    {
        $write = false;
        $sapi = null;
        foreach ($arguments as $argument) {
            if ($argument === '--write') {
                $write = true;
            } elseif (str_starts_with($argument, '--sapi=')) {
                $sapi = substr($argument, strlen('--sapi='));
            } else {
                throw new UsageError("enable takes no '$argument'");
            }
        }
        return [$write, $sapi];
    }

    private static function has(string $target, string $line): bool
    {
        $lines = is_file($target) ? file($target, FILE_IGNORE_NEW_LINES) : [];
        return in_array($line, array_map('trim', $lines ?: []), true);
    }

    /** Our own file is replaced as a whole, since its path may have changed; to anybody else's the line is added. */
    private static function append(string $target, string $line): void
    {
        if (basename($target) === PhpIni::FILE) {
            $text = "; Written by `ffi-zts enable`.\n$line\n";
        } else {
            $old = is_file($target) ? (string) file_get_contents($target) : '';
            $text = ($old === '' || str_ends_with($old, "\n") ? $old : "$old\n") . "$line\n";
        }
        if (@file_put_contents($target, $text) !== strlen($text)) {
            throw new Failure("cannot write $target: " . (error_get_last()['message'] ?? 'it was cut short'));
        }
    }
}
