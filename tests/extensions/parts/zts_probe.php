<?php

declare(strict_types=1);

require __DIR__ . '/../part.inc';

/** zts_probe (tests/fixtures): globals, settings and resources of each worker, classes, and threads of its own. */
final class Twice extends ZtsProbe\Counter
{
    public function add(int $by = 1): static
    {
        parent::add(2 * $by);
        return $this;
    }
}

return part(
    work: function (int $number, int $count, string $directory): array {
        $globals = zts_probe_globals();
        same(true, $globals['alive'], 'the globals of this thread');
        same('from boot', $globals['greeting'], 'the setting of the boot');
        ini_set('zts_probe.greeting', "worker $number");

        $counter = new Twice();
        for ($i = 1; $i <= 1000; $i++) {
            same(2 * $i, count($counter->add()), 'a class of a script on one of the extension');
            same($globals['calls'] + $i, zts_probe_call(), 'calls of this thread only');
        }
        same('zts_probe', Twice::MADE_BY, 'constant');
        same("worker $number", zts_probe_globals()['greeting'], 'own setting');

        // What an earlier job on this thread left; another thread has never heard of it.
        $kept = zts_probe_load('kept');
        same(true, $kept === null || str_starts_with($kept, $globals['thread'] . "\0"), 'a resource of this thread');
        zts_probe_store('kept', $globals['thread'] . "\0" . random_bytes(20000));

        file_put_contents("$directory/zts_probe-$number.thread", '<?php
            zts_probe_store("kept", "own");
            for ($i = 0, $sum = 0; $i < 20000; $i++) {
                $sum += $i % 7;
            }
            $e = null;
            try {
                throw new LogicException("caught");
            } catch (LogicException $e) {
            }
            $globals = zts_probe_globals();
            return json_encode([$sum, $e->getMessage(), zts_probe_call(), $globals["requests"], $globals["greeting"], $globals["thread"], zts_probe_load("kept")]);');
        $threads = [];
        for ($i = 0; $i < 3; $i++) {
            $threads[] = new ZtsProbe\Thread("$directory/zts_probe-$number.thread");
        }
        $ids = [$globals['thread'] => true];
        foreach ($threads as $thread) {
            ['outcome' => $outcome, 'status' => $status, 'value' => $value] = $thread->join();
            same(['returned', 0], [$outcome, $status], 'how a thread ended');
            [$sum, $message, $calls, $requests, $greeting, $id, $own] = json_decode($value, true, flags: JSON_THROW_ON_ERROR);
            same([59997, 'caught', 1, 1, 'from boot', 'own'], [$sum, $message, $calls, $requests, $greeting, $own], 'what a thread found');
            $ids[$id] = true;
        }
        same(4, count($ids), 'threads');
        same($globals['calls'] + 1000, zts_probe_globals()['calls'], 'calls of this thread only');
        return zts_probe_globals();
    },
    verify: function (): void {
        same('from boot', zts_probe_globals()['greeting'], 'the setting after other jobs changed theirs');
    },
);
