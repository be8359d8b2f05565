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
            $present = IniFile::read($target);
        } catch (RuntimeException $e) {
            throw new Failure($e->getMessage(), previous: $e);
        }
        if ($present->has($file->line)) {
            echo "$target already has {$file->line}\n";
            return 0;
        }
        if (!$write) {
            echo "Put this line into $target (or run `ffi-zts enable --write`):\n\n    {$file->line}\n\n";
            return 0;
        }
        self::write($present, $target, $file->line);
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

    /** Our own file is replaced as a whole, since its path may have changed; to anybody else's the line is added. */
    private static function write(IniFile $file, string $target, string $line): void
    {
        $text = basename($target) === PhpIni::FILE ? "; Written by `ffi-zts enable`.\n$line\n" : $file->with($line);
        if (@file_put_contents($target, $text) !== strlen($text)) {
            throw new Failure("cannot write $target: " . (error_get_last()['message'] ?? 'it was cut short'));
        }
    }
}
