<?php

/** What a worker's request has where kinds run on threads of parallel's. */

declare(strict_types=1);

final class Threads
{
    /**
     * Runs a kind on a thread, and stops it there (`cancel`, `kill`), or waits for it, which is stopped (`job`, `limit`), or for its time
     * limit (`time`): what came of it, and what the thread answers afterwards, where it goes on.
     */
    public static function stop(string $way, string $kind, int $while): array
    {
        $runtime = new parallel\Runtime(__DIR__ . '/bootstrap.php');
        $future = $runtime->run(static function (string $kind, bool $timed): int {
            $timed && set_time_limit(1);
            Stops::run($kind, FfiZts\Channel::open('begun'));
            return 0;
        }, [$kind, $way === 'time']);
        if ($way === 'cancel' || $way === 'kill') {
            FfiZts\Channel::open('begun')->recv(60.0);
            usleep($while);
            $way === 'cancel' ? $future->cancel() : $runtime->kill();
        }
        $told = self::value($future);
        $right = null;
        if ($way !== 'kill') {
            // parallel's own cancel() leaves what `@` has set
            $right = self::value($runtime->run(static fn (): array => error_reporting(E_ALL) ? Stops::check(0) : []));
            $runtime->close();
        }

        return [$told, $right];
    }

    /** What it is, or the class of what was thrown: the trace of an exception has strings of the thread, which is about to end. */
    private static function value(parallel\Future $future): mixed
    {
        try {
            return $future->value();
        } catch (FfiZts\CancelledException $stop) {
            throw $stop;
        } catch (Throwable $thrown) {
            return $thrown::class;
        }
    }
}

require __DIR__ . '/bootstrap.php';
