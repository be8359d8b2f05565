<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** Whether an FPM that runs has what is installed now. */
final class FpmChecks
{
    /** @return array<string, \Closure(Facts): ?Problem> */
    public static function all(): array
    {
        return [
            'fpm-stale' => static function (Facts $facts): ?Problem {
                foreach ($facts->fpm as $master) {
                    if ($master->stale) {
                        return new Problem(
                            'fpm-stale',
                            "FPM (process $master->pid) has loaded a $master->mapped that is not there any more: it was not restarted since",
                            $facts->asRoot($master->restart()),
                        );
                    }
                }
                return null;
            },
            'fpm-not-restarted' => static function (Facts $facts): ?Problem {
                foreach ($facts->fpm as $master) {
                    if ($facts->fpmEnabled && $master->mapped === null) {
                        return new Problem(
                            'fpm-not-restarted',
                            "FPM (process $master->pid) is configured to load ffi_zts and has not: it was not restarted since",
                            $facts->asRoot($master->restart()),
                        );
                    }
                }
                return null;
            },
        ];
    }
}
