<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Install\InstalledBundle;

/** Whether the files of extension and runtime are there, whole, and of one build. */
final class FileChecks
{
    /** @return array<string, \Closure(Facts): ?Problem> */
    public static function all(): array
    {
        return [
            'composer-php' => self::composerPhp(...),
            'composer-autoload' => static fn (Facts $facts): ?Problem => $facts->autoloadError === null ? null : new Problem(
                'composer-autoload',
                "the autoloader that Composer made does not load in this PHP ($facts->php): $facts->autoloadError",
                "$facts->php \"$(command -v composer)\" install",
            ),
            'not-installed' => self::notInstalled(...),
            'bundle-unreadable' => static fn (Facts $facts): ?Problem => $facts->bundle === null || $facts->bundle->json !== [] ? null : new Problem(
                'bundle-unreadable',
                "{$facts->bundle->path}/bundle.json is missing or no JSON, so that nothing says what the files should be",
                $facts->install(),
            ),
            'host-api' => self::hostApi(...),
            'bundle-old' => self::bundleOld(...),
            'file-changed' => static fn (Facts $facts): ?Problem => $facts->changed === [] ? null : new Problem(
                'file-changed',
                implode('; ', array_map(static fn (string $file, string $how): string => "$file $how", array_keys($facts->changed), $facts->changed)),
                $facts->install(),
            ),
            'runtime-other-build' => self::otherBuild(...),
            'library-missing' => self::libraryMissing(...),
            'wrong-owner' => static fn (Facts $facts): ?Problem => self::untrusted($facts, 'wrong-owner', 'belongs to'),
            'wrong-mode' => static fn (Facts $facts): ?Problem => self::untrusted($facts, 'wrong-mode', 'can be changed'),
            'system-copy-old' => static fn (Facts $facts): ?Problem => $facts->systemCopy === null || $facts->systemCopyCurrent ? null : new Problem(
                'system-copy-old',
                "the copy in the extension directory ($facts->systemCopy) is not the one that is installed, or was changed",
                $facts->asRoot("$facts->command enable --system"),
            ),
            'plugin-blocked' => static fn (Facts $facts): ?Problem => $facts->pluginAllowed !== false ? null : Problem::note(
                'plugin-blocked',
                "composer.json does not allow the plugin ffi-zts/ffi-zts, so that updates of the package wait for `$facts->command install`",
                'composer config allow-plugins.ffi-zts/ffi-zts true',
            ),
        ];
    }

    private static function composerPhp(Facts $facts): ?Problem
    {
        if ($facts->extension !== null || $facts->bundles === []) {
            return null;
        }
        $minors = implode(', ', array_unique(array_map(static fn (InstalledBundle $bundle): string => $bundle->hostMinor(), $facts->bundles)));
        return new Problem(
            'composer-php',
            "what is installed is for PHP $minors (the PHP of Composer?), and this one ($facts->php) is $facts->minor",
            "$facts->php $facts->package/php/bin/ffi-zts install",
        );
    }

    private static function notInstalled(Facts $facts): ?Problem
    {
        if ($facts->extension !== null || $facts->bundles !== []) {
            return null;
        }
        return new Problem('not-installed', 'there is no ffi_zts.so (looked for ' . implode(', ', $facts->seen) . ')', $facts->install());
    }

    private static function hostApi(Facts $facts): ?Problem
    {
        $api = $facts->bundle?->json['host']['zend_module_api'] ?? null;
        if (!is_int($api) || $facts->api === 0 || $api === $facts->api) {
            return null;
        }
        $message = "$facts->extension is built for Zend API $api, and this PHP has $facts->api";
        return new Problem('host-api', $message, self::anew($facts->bundle, $facts));
    }

    private static function bundleOld(Facts $facts): ?Problem
    {
        if ($facts->bundle === null || $facts->packageVersion === null) {
            return null;
        }
        $version = $facts->bundle->json['version'] ?? null;
        $pin = $facts->pins[$facts->bundle->id] ?? null;
        $other = $pin !== null && $facts->bundleHash !== null && !str_starts_with($pin, $facts->bundleHash);
        if (!is_string($version) || ($version === $facts->packageVersion && !$other)) {
            return null;
        }
        $how = $version === $facts->packageVersion ? 'is another build' : "is of version $version";
        return new Problem('bundle-old', "{$facts->bundle->path} $how, and the package's is of version $facts->packageVersion", $facts->install());
    }

    private static function otherBuild(Facts $facts): ?Problem
    {
        $guest = $facts->bundle?->json['guest'] ?? null;
        if (!is_array($guest) || $facts->runtime === []) {
            return null;
        }
        foreach (['version' => 'php_version', 'zend_module_api' => 'zend_module_api'] as $stated => $found) {
            if (isset($guest[$stated], $facts->runtime[$found]) && $guest[$stated] !== $facts->runtime[$found]) {
                return new Problem(
                    'runtime-other-build',
                    "{$facts->bundle->path}/runtime is of another build than its ffi_zts.so: "
                        . "$stated is {$facts->runtime[$found]}, not {$guest[$stated]}",
                    self::anew($facts->bundle, $facts),
                );
            }
        }
        return null;
    }

    /** Files that fit their bundle.json are well to `install`; without it they are not. */
    private static function anew(InstalledBundle $bundle, Facts $facts): string
    {
        return 'rm ' . escapeshellarg("$bundle->path/bundle.json") . ' && ' . $facts->install();
    }

    private static function libraryMissing(Facts $facts): ?Problem
    {
        if ($facts->missingLibraries === []) {
            return null;
        }
        $told = $packages = [];
        foreach ($facts->missingLibraries as $soname => $file) {
            $told[] = "$soname (needed by $file)";
            $packages[] = $facts->libraryPackages[$soname] ?? null;
        }
        $known = array_values(array_unique(array_filter($packages)));
        $remedy = in_array(null, $packages, true) ? $facts->install() : $facts->asRoot('apt-get install -y ' . implode(' ', $known));
        return new Problem('library-missing', 'this machine lacks ' . implode(', ', $told), $remedy);
    }

    private static function untrusted(Facts $facts, string $id, string $why): ?Problem
    {
        if ($facts->objection === null || !str_starts_with($facts->objection->why, $why)) {
            return null;
        }
        return new Problem(
            $id,
            "{$facts->objection->path} {$facts->objection->why}, so that the extension opens nothing of the runtime",
            $facts->asOwner($facts->objection->remedy, $facts->objection->path),
        );
    }
}
