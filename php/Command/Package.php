<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** This package itself. */
final class Package
{
    /** The version that its manifest of bundles states; in a checkout that of Cargo.toml, marked. */
    public static function version(string $directory): string
    {
        $manifest = self::manifest($directory);
        if (is_string($manifest['version'] ?? null)) {
            return $manifest['version'];
        }
        $cargo = (string) @file_get_contents("$directory/Cargo.toml");
        return preg_match('/^version = "([^"]+)"/m', $cargo, $match) === 1 ? "$match[1]-dev" : 'dev';
    }

    /** @return array<mixed> resources/bundles.json; empty where the package comes from a branch and has none */
    public static function manifest(string $directory): array
    {
        $manifest = json_decode((string) @file_get_contents("$directory/resources/bundles.json"), true);
        return is_array($manifest) ? $manifest : [];
    }
}
