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

    /** Looks in the environment, in this package, among the bundles, and in the directory where PHP keeps its extensions. */
    public static function locate(): self
    {
        $named = getenv(self::VARIABLE);
        $bundles = Bundles::ofPackage();
        return self::locateIn(
            $named === false || $named === '' ? null : $named,
            dirname(__DIR__, 2),
            (string) ini_get('extension_dir'),
            $bundles,
        );
    }

    /**
     * @param ?string  $named        the file, when the environment names one
     * @param string   $package      directory of this package
     * @param string   $extensionDir the host's extension_dir
     * @param ?Bundles $bundles      null: those beside the package
     */
    public static function locateIn(?string $named, string $package, string $extensionDir, ?Bundles $bundles = null): self
    {
        $minor = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        $bundles ??= new Bundles(dirname($package) . '/' . Bundles::NAME);
        $bundled = $bundles->forHost($minor)?->extension();
        $built = "$package/build/" . self::NAME;
        $installed = rtrim($extensionDir, '/') . '/' . self::NAME;
        $candidates = $named !== null ? [$named] : [$built, $bundled ?? "$bundles->directory/host$minor-…/" . self::NAME, $installed];
        foreach ($candidates as $candidate) {
            if (is_file($candidate)) {
                // The link of a bundle is kept: it stays when another version is installed. So is a bare name, by which PHP
                // finds a file in extension_dir.
                $path = $candidate === $bundled ? $candidate : (realpath($candidate) ?: $candidate);
                $line = 'extension=' . ($candidate === $installed ? self::NAME : IniValue::quote($path));
                return new self($path, $line, $candidates);
            }
        }
        return new self(null, 'extension=' . IniValue::quote($candidates[0]), $candidates);
    }

    /** Says that there is no such file, where it was looked for, and what to do. */
    public function notFound(): string
    {
        return self::NAME . ' was not found (looked for ' . implode(', ', $this->seen) . '). `ffi-zts install` brings it, or name it in the '
            . 'environment variable ' . self::VARIABLE . '.';
    }
}
