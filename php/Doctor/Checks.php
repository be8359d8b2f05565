<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** All kinds of problems that `doctor` knows. */
final class Checks
{
    /** What makes another one certain: where the first is found, the second says the same less well. */
    private const EXPLAINS = [
        'host-zts' => ['load-failed', 'not-installed', 'no-bundle'],
        'host-debug' => ['load-failed', 'not-installed', 'no-bundle'],
        'musl' => ['load-failed', 'not-installed', 'no-bundle'],
        'no-bundle' => ['not-installed'],
        'composer-php' => ['no-bundle'],
        'host-api' => ['load-failed'],
        'file-changed' => ['load-failed', 'runtime-other-build'],
        'library-missing' => ['load-failed'],
        'line-stale' => ['not-enabled', 'load-failed', 'line-duplicate'],
        'line-edited' => ['line-stale', 'line-foreign'],
        'line-duplicate' => ['line-foreign'],
    ];

    /** Where one of these is found, a guest cannot start, and what the extension says of that is told already. */
    private const STOP_THE_GUEST = [
        'glibc-too-old',
        'bundle-unreadable',
        'file-changed',
        'library-missing',
        'wrong-owner',
        'wrong-mode',
        'runtime-other-build',
    ];

    /** @return array<string, \Closure(Facts): ?Problem> by id */
    public static function all(): array
    {
        return [...HostChecks::all(), ...FileChecks::all(), ...IniChecks::all(), ...FpmChecks::all(), ...GuestChecks::all()];
    }

    /** @return list<Problem> what is not well, and what is worth knowing after it */
    public static function problems(Facts $facts): array
    {
        $found = array_filter(array_map(static fn (\Closure $check): ?Problem => $check($facts), self::all()));
        foreach (array_keys($found) as $id) {
            // Whoever is explained away explains nothing: the order of the table counts.
            foreach (isset($found[$id]) ? self::EXPLAINS[$id] ?? [] : [] as $other) {
                unset($found[$other]);
            }
        }
        $problems = array_values($found);
        if (array_intersect(array_keys($found), self::STOP_THE_GUEST) === []) {
            $problems = [...$problems, ...GuestChecks::engine($facts)];
        }
        $isNote = static fn (Problem $problem): bool => $problem->severity === Severity::Note;
        usort($problems, static fn (Problem $one, Problem $other): int => $isNote($one) <=> $isNote($other));
        return $problems;
    }
}
