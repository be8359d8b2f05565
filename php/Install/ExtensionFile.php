<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** Where the host half, ffi_zts.so, is. */
final class ExtensionFile
{
    public const NAME = 'ffi_zts.so';

    /** The environment variable that names the file, and then alone counts. */
    public const VARIABLE = 'FFI_ZTS_EXTENSION';

    /**
     * @param ?string      $path the file; null when there is none
     * @param string       $line the line of php.ini that loads it; a template when there is none
     * @param list<string> $seen where it was looked for
     */
    private function __construct(
        public readonly ?string $path,
        public readonly string $line,
        public readonly array $seen,
    ) {
    }

    /** Looks in the environment, in this package, and in the directory where PHP keeps its extensions. */
    public static function locate(): self
    {
        $named = getenv(self::VARIABLE);
        return self::locateIn(
            $named === false || $named === '' ? null : $named,
            dirname(__DIR__, 2),
            (string) ini_get('extension_dir'),
        );
    }

    /**
     * @param ?string $named        the file, when the environment names one
     * @param string  $package      directory of this package
     * @param string  $extensionDir the host's extension_dir
     */
    public static function locateIn(?string $named, string $package, string $extensionDir): self
    {
        $built = $package . '/build/' . self::NAME;
        $installed = rtrim($extensionDir, '/') . '/' . self::NAME;
        $candidates = $named !== null ? [$named] : [$built, $installed];
        foreach ($candidates as $candidate) {
            if (is_file($candidate)) {
                $path = realpath($candidate) ?: $candidate;
                // PHP finds a bare name in extension_dir, and such a line outlives an upgrade.
                $line = 'extension=' . ($candidate === $installed ? self::NAME : IniFile::quote($path));
                return new self($path, $line, $candidates);
            }
        }
        return new self(null, 'extension=' . IniFile::quote($candidates[0]), $candidates);
    }

    /** Says that there is no such file, where it was looked for, and what to do. */
    public function notFound(): string
    {
        return self::NAME . ' was not found (looked for ' . implode(', ', $this->seen) . '). Build it with `make` in '
            . dirname(__DIR__, 2) . ', or name it in the environment variable ' . self::VARIABLE . '.';
    }
}
