<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;
use FfiZts\Install\IniFile;
use FfiZts\Install\PhpIni;
use RuntimeException;

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
        if (str_contains($file->line, "\n")) {
            throw new Failure("php.ini cannot name {$file->path}: there is a line break in it");
        }
        try {
            echo self::told($target, $file->line, $write), "\n";
        } catch (RuntimeException $e) {
            throw new Failure($e->getMessage(), previous: $e);
        }
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

    /** Writes the line where it is to be written and not there yet, and says what is so. */
    private static function told(string $target, string $line, bool $write): string
    {
        $present = IniFile::read($target);
        if ($present->has($line)) {
            return "$target already has $line";
        }
        if (!$write) {
            return "Put this line into $target (or run `ffi-zts enable --write`):\n\n    $line\n";
        }
        // Our own file is replaced as a whole, since its path may have changed; to anybody else's the line is added.
        $own = basename($target) === PhpIni::FILE;
        self::write($target, $own ? "; Written by `ffi-zts enable`.\n$line\n" : $present->with($line));
        return "Wrote $line to $target";
    }

    private static function write(string $target, string $text): void
    {
        if (@file_put_contents($target, $text) !== strlen($text)) {
            throw new Failure("cannot write $target: " . (error_get_last()['message'] ?? 'it was cut short'));
        }
    }
}
