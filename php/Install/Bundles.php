<?php

declare(strict_types=1);

namespace FfiZts\Install;

/**
 * The directory that bundles are unpacked into, beside that of the package: vendor/ffi-zts/.bundles.
 *
 * `<id>` is a link to `<id>@<hash>`, and is switched by a rename.
 */
final class Bundles
{
    public const NAME = '.bundles';

    /** Where `env` keeps its ini files. */
    private const INI = 'ini';

    public function __construct(public readonly string $directory)
    {
    }

    /** That of the project which has the package, also where its directory in vendor/ is a link to a checkout. */
    public static function ofPackage(?string $package = null): self
    {
        $autoload = $GLOBALS['_composer_autoload_path'] ?? null;
        if (is_string($autoload) && is_dir(dirname($autoload) . '/ffi-zts')) {
            return new self(realpath(dirname($autoload)) . '/ffi-zts/' . self::NAME);
        }
        $class = 'Composer\InstalledVersions';
        $installed = class_exists($class, false) && $class::isInstalled('ffi-zts/ffi-zts') ? $class::getInstallPath('ffi-zts/ffi-zts') : null;
        if (is_string($installed) && is_dir(dirname($installed))) {
            return new self(realpath(dirname($installed)) . '/' . self::NAME);
        }
        return new self(dirname($package ?? dirname(__DIR__, 2)) . '/' . self::NAME);
    }

    /** @return list<InstalledBundle> sorted by id */
    public function all(): array
    {
        $found = [];
        foreach (is_dir($this->directory) ? scandir($this->directory) : [] as $name) {
            if (preg_match('/^host[^@]*$/D', $name) === 1 && is_dir("$this->directory/$name")) {
                $found[] = InstalledBundle::at("$this->directory/$name");
            }
        }
        return $found;
    }

    /** The bundle for a PHP of that minor, before all the one whose guest is of the same minor. */
    public function forHost(string $minor, string $libc = 'glibc'): ?InstalledBundle
    {
        $fitting = array_filter($this->all(), static fn (InstalledBundle $bundle): bool => $bundle->hostMinor() === $minor
            && str_ends_with($bundle->id, '-' . php_uname('m') . "-$libc") && is_file($bundle->extension()));
        foreach ($fitting as $bundle) {
            if (str_starts_with($bundle->id, "host$minor-guest$minor-")) {
                return $bundle;
            }
        }
        return reset($fitting) ?: null;
    }

    /** The directory for PHP_INI_SCAN_DIR of a PHP of that minor. */
    public function iniDirectory(string $minor): string
    {
        return "$this->directory/" . self::INI . "/$minor";
    }

    /** Whether a path is below this directory. */
    public function holds(string $path): bool
    {
        return str_starts_with($path, "$this->directory/");
    }
}
