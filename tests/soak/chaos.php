<?php

// Tasks that are cancelled, killed, dropped and overtaken by their time limits at random moments, for so many seconds.
//
//   php tests/soak/chaos.php [SECONDS [SEED]]
//
// What has a result must have its own; nothing may hang or be lost. Ends with a line of counts; the status is 0 when nothing was wrong.

declare(strict_types=1);

namespace FfiZts\Soak;

use FfiZts\CancelledException;
use FfiZts\Channel;
use FfiZts\Future;
use FfiZts\Pool;
use FfiZts\ScriptException;
use FfiZts\Thread;
use FfiZts\TimeoutException;
use FfiZts\Vm;

/** Seconds after which something hangs. */
const PATIENCE = 30.0;

/** @return list<\Closure(int): int> each returns its argument, unless it does not come to that */
function tasks(): array
{
    return [
        static fn(int $i): int => $i,
        static function (int $i): int {
            for ($end = hrtime(true) + mt_rand(0, 300_000); hrtime(true) < $end;) {
            }
            return $i;
        },
        static function (int $i): int {
            usleep(mt_rand(0, 500));
            return $i;
        },
        static function (int $i): int {
            try {
                for ($step = 0; $step < 20_000; $step++) {
                }
                return $i;
            } finally {
                $step = 0;
            }
        },
        static function (int $i): int {
            try {
                (new Channel())->recv(0.0003);
            } catch (TimeoutException) {
            }
            return $i;
        },
        static fn(int $i): int => \FfiZts::boot()->run(static fn(): int => $i)->await(),
        static function (int $i): int {
            echo "output of $i\n";
            return $i;
        },
        static function (int $i): int {
            if (mt_rand(0, 3) === 0) {
                @trigger_error('on purpose', E_USER_ERROR);
            }
            return $i;
        },
    ];
}

final class Chaos
{
    /** @var list<Thread|Pool> */
    private array $lanes = [];
    /** @var array<string, int> */
    public array $counts = ['tasks' => 0, 'values' => 0, 'cancelled' => 0, 'overdue' => 0, 'fatal' => 0, 'lanes' => 0, 'wrong' => 0];

    public function __construct(private readonly Vm $vm)
    {
    }

    /** Some tasks somewhere, trouble for them, and a look at what came of each. */
    public function round(): void
    {
        $futures = $this->start(mt_rand(1, 40));
        usleep(mt_rand(0, 1) * mt_rand(0, 200));
        foreach (array_keys($futures) as $i) {
            $this->meddle($futures, $i);
        }
        $this->end();
        foreach ($futures as $i => $future) {
            $this->look($i, $future);
        }
    }

    /** @return array<int, Future> */
    private function start(int $count): array
    {
        while (count($this->lanes) < 4) {
            $this->counts['lanes']++;
            $this->lanes[] = match (mt_rand(0, 2)) {
                0 => $this->vm->thread(),
                1 => $this->vm->pool(2, null, mt_rand(0, 5)),
                2 => $this->vm->pool(1, null, 0, 1),
            };
        }
        $tasks = tasks();
        $futures = [];
        while ($count-- > 0) {
            $i = $this->counts['tasks']++;
            $lane = $this->lanes[mt_rand(0, 4)] ?? $this->vm;
            $submit = $lane instanceof Pool ? $lane->submit(...) : $lane->run(...);
            $futures[$i] = $submit($tasks[array_rand($tasks)], [$i], timeout: mt_rand(0, 9) === 0 ? 0.0002 : null);
        }
        return $futures;
    }

    /** @param array<int, Future> $futures */
    private function meddle(array &$futures, int $i): void
    {
        switch (mt_rand(0, 9)) {
            case 0:
            case 1:
            case 2:
                $futures[$i]->cancel();
                break;
            case 3:
                unset($futures[$i]);
                break;
            case 4:
                [$ready, $none] = [[$futures[$i]->getStream()], null];
                if (mt_rand(0, 1) === 0 && stream_select($ready, $none, $none, (int) PATIENCE) !== 1) {
                    $this->wrong("the stream of task $i is not readable");
                }
                break;
            case 5:
                try {
                    Future::awaitFirst(array_slice($futures, 0, 3), PATIENCE);
                } catch (\Throwable $e) {
                    $this->isHang($e) && $this->wrong("one of three hangs at task $i");
                }
        }
    }

    /** Ends some lane, one way or another. */
    private function end(): void
    {
        $way = mt_rand(0, 8);
        if ($way < 3) {
            $lane = array_splice($this->lanes, mt_rand(0, count($this->lanes) - 1), 1)[0];
            match ($way) {
                0 => $lane->kill(),
                1 => $lane->close(PATIENCE),
                2 => null, // dropped
            };
        }
    }

    private function look(int $i, Future $future): void
    {
        try {
            $value = $future->await(PATIENCE);
            $value === $i ? $this->counts['values']++ : $this->wrong("task $i returned " . json_encode($value));
        } catch (CancelledException $e) {
            str_contains($e->getMessage(), 'lost') ? $this->wrong("task $i: {$e->getMessage()}") : $this->counts['cancelled']++;
        } catch (TimeoutException $e) {
            $this->isHang($e) ? $this->wrong("task $i hangs") : $this->counts['overdue']++;
        } catch (ScriptException $e) {
            $e->getMessage() === 'on purpose' ? $this->counts['fatal']++ : $this->wrong("task $i: {$e->getMessage()}");
        } catch (\Throwable $e) {
            $this->wrong("task $i: " . $e::class . ': ' . $e->getMessage());
        }
    }

    private function isHang(\Throwable $e): bool
    {
        return $e instanceof TimeoutException && str_contains($e->getMessage(), sprintf('%g s', PATIENCE));
    }

    private function wrong(string $why): void
    {
        if (++$this->counts['wrong'] <= 20) {
            fwrite(STDERR, "$why\n");
        }
    }
}

mt_srand((int) ($argv[2] ?? 1));
$vm = \FfiZts::boot(['threads' => 2, 'ini' => ['display_errors' => '0', 'log_errors' => '0']]);
$chaos = new Chaos($vm);
ob_start(static fn(): string => '', 4096);
for ($end = microtime(true) + (float) ($argv[1] ?? 10); microtime(true) < $end && $chaos->counts['wrong'] < 20;) {
    $chaos->round();
}
ob_end_clean();
$counts = $chaos->counts;
unset($chaos);
$vm->shutdown(PATIENCE);
$jobs = $vm->info()['jobs'];
echo implode(', ', array_map(static fn(string $name, int $count): string => number_format($count) . " $name", array_keys($counts), $counts)), "\n";
if ($jobs['unfinished'] !== 0 || $jobs['lost'] !== 0) {
    fwrite(STDERR, 'jobs: ' . json_encode($jobs) . "\n");
    exit(1);
}
exit($counts['wrong'] === 0 ? 0 : 1);
