<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** Whether a guest starts, and what it lacks. */
final class GuestChecks
{
    /** Extensions of a host that no guest can have: what they are about is the process's, or they are tools for one thread. */
    private const NOT_FOR_GUESTS = [
        'ffi_zts',
        'pcntl',
        'readline',
        'libedit',
        'xdebug',
        'pcov',
        'phpdbg_webhelper',
        'blackfire',
        'newrelic',
        'ddtrace',
        'uopz',
        'cgi-fcgi',
    ];

    /** What the extension calls its checks, and the kind of problem that is. */
    private const ENGINE = [
        'allocator' => 'allocator',
        'cache' => 'cache',
        'runtime' => 'runtime',
        'libphp' => 'libphp',
        'guest half' => 'guest-half',
        'boot' => 'boot',
        'opcache' => 'opcache-down',
        'JIT' => 'jit-off',
    ];

    /** @return array<string, \Closure(Facts): ?Problem> */
    public static function all(): array
    {
        return ['guest-lacks' => self::lacks(...)];
    }

    /**
     * What the extension itself found. It knows less of remedies than the other checks, and is asked last.
     *
     * @return list<Problem>
     */
    public static function engine(Facts $facts): array
    {
        $problems = [];
        foreach ($facts->engine as $row) {
            if ($row['ok']) {
                continue;
            }
            // An opcache that is asked for and does not come up stops the boot, by PHP's own reason.
            $opcache = $row['check'] === 'boot' && preg_match('/opcache|\bJIT\b|shared memory/i', $row['detail']) === 1;
            $id = $opcache ? 'opcache-down' : (self::ENGINE[$row['check']] ?? 'guest-extension');
            $problems[] = new Problem($id, "{$row['check']}: {$row['detail']}", self::remedy($row, $facts));
        }
        return $problems;
    }

    /** @param array{check: string, ok: bool, detail: string, remedy: ?string} $row */
    private static function remedy(array $row, Facts $facts): string
    {
        return match ($row['check']) {
            'runtime', 'libphp', 'guest half' => $row['remedy'] !== null && preg_match('/^ch(?:mod|own) /', $row['remedy']) === 1
                ? $facts->asRoot($row['remedy'])
                : $facts->install(),
            'allocator' => "env -u LD_PRELOAD $facts->command doctor",
            'boot' => self::withoutSetting($row['detail'], $facts),
            default => $row['remedy'] ?? $facts->install(),
        };
    }

    /** Makes a comment of the line that a boot fails by; without one it was an option of this very command. */
    private static function withoutSetting(string $detail, Facts $facts): string
    {
        $lines = array_filter($facts->settings, static fn (string $name): bool => str_starts_with($name, 'ffi_zts.'), ARRAY_FILTER_USE_KEY);
        foreach ($lines as $name => $line) {
            if (str_contains($detail, $name)) {
                return $facts->asOwner($line->comment(), $line->file);
            }
        }
        $line = $lines['ffi_zts.ini'] ?? $lines['ffi_zts.extensions'] ?? reset($lines);
        return $line === false ? "$facts->command doctor" : $facts->asOwner($line->comment(), $line->file);
    }

    private static function lacks(Facts $facts): ?Problem
    {
        if ($facts->guestExtensions === []) {
            return null;
        }
        $host = array_map(strtolower(...), str_replace('Zend OPcache', 'opcache', $facts->hostExtensions));
        $lacking = array_values(array_diff($host, $facts->guestExtensions, self::NOT_FOR_GUESTS));
        sort($lacking);
        if ($lacking === []) {
            return null;
        }
        $command = $facts->command . ($facts->runtimeOption === null ? '' : ' --runtime=' . escapeshellarg($facts->runtimeOption));
        $each = "do $command build \$name || break; done";
        $build = count($lacking) === 1 ? "$command build $lacking[0]" : 'for name in ' . implode(' ', $lacking) . "; $each";
        $build = $facts->canBuild ? $build : "$facts->command install --build && $build";
        return Problem::note('guest-lacks', 'loaded here, and not to be had in a guest: ' . implode(', ', $lacking), $build);
    }
}
