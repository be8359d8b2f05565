<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** Whether this PHP, on this machine, can be a host at all. */
final class HostChecks
{
    /** @return array<string, \Closure(Facts): ?Problem> */
    public static function all(): array
    {
        return [
            'host-zts' => static fn (Facts $facts): ?Problem => !$facts->zts ? null : new Problem(
                'host-zts',
                "this PHP ($facts->php, $facts->version) is thread-safe itself: ffi_zts is for one that is not",
                'pecl install parallel',
            ),
            'host-debug' => static fn (Facts $facts): ?Problem => !$facts->debug ? null : new Problem(
                'host-debug',
                "this PHP ($facts->php, $facts->version) is a debug build, whose structures have another layout",
                $facts->asRoot("apt-get install php$facts->minor-cli") . " && /usr/bin/php$facts->minor $facts->package/php/bin/ffi-zts install",
            ),
            'musl' => static fn (Facts $facts): ?Problem => $facts->libc !== 'musl' ? null : new Problem(
                'musl',
                'this PHP is built with musl (Alpine), and there is no bundle for it: one for glibc would crash',
                "sed -i 's/^FROM php:\\([0-9.]*-[a-z]*\\)-alpine.*/FROM php:\\1/' Dockerfile",
            ),
            'arch' => static fn (Facts $facts): ?Problem => in_array($facts->arch, ['x86_64', 'aarch64'], true) ? null : new Problem(
                'arch',
                "this machine is $facts->arch; the extension is for x86_64 and aarch64",
                'uname -m',
            ),
            'glibc-too-old' => self::oldGlibc(...),
            'no-bundle' => self::noBundle(...),
            'functions-forbidden' => static fn (Facts $facts): ?Problem => $facts->canStart ? null : new Problem(
                'functions-forbidden',
                'disable_functions forbids both pcntl_exec and proc_open, so that this command cannot start PHP again with the extension, '
                    . 'nor try anything',
                "$facts->php -d disable_functions= $facts->package/php/bin/ffi-zts doctor",
            ),
            'confined' => static fn (Facts $facts): ?Problem => $facts->confined === [] ? null : Problem::note(
                'confined',
                'this command line is confined (' . implode(', ', $facts->confined)
                    . '), so that scripts may not choose a runtime or extensions for the guest',
                "$facts->command php -d ffi_zts.allow_runtime_options=1 script.php",
            ),
            'no-temporary-directory' => static fn (Facts $facts): ?Problem => $facts->temporaryWritable ? null : new Problem(
                'no-temporary-directory',
                "nothing can be written into $facts->temporary, the directory for temporary files",
                is_dir($facts->temporary)
                    ? $facts->asRoot('chmod 1777 ' . escapeshellarg($facts->temporary))
                    : 'mkdir -p ' . escapeshellarg($facts->temporary),
            ),
        ];
    }

    private static function oldGlibc(Facts $facts): ?Problem
    {
        $floor = $facts->bundle?->json['floors']['glibc'] ?? null;
        if (!is_string($floor) || $facts->libcVersion === null || version_compare($facts->libcVersion, $floor, '>=')) {
            return null;
        }
        return new Problem(
            'glibc-too-old',
            "the bundle {$facts->bundle->id} needs glibc $floor, and this machine has $facts->libcVersion",
            "$facts->command install --build",
        );
    }

    private static function noBundle(Facts $facts): ?Problem
    {
        if ($facts->extension !== null || $facts->pins === [] || $facts->libc !== 'glibc') {
            return null;
        }
        foreach (array_keys($facts->pins) as $id) {
            if (str_starts_with($id, "host$facts->minor-") && str_contains($id, "-$facts->arch-")) {
                return null;
            }
        }
        return new Problem(
            'no-bundle',
            "this version of the package has no bundle for PHP $facts->minor on $facts->arch",
            "$facts->command install --build",
        );
    }
}
