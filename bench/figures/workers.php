<?php

// Two workers beside one; and two processes beside one, which is as much as this machine has to give.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $measure = function (string $script, int $count) use ($bench): array {
        $reports = [];
        $run = function (int $threads) use ($bench, $script, $count, &$reports): float {
            foreach ($bench->child->run('workers', $bench->child->ours(), ['', '', '', $threads, $script, $count]) as $key => $value) {
                $reports[$key][$threads === 1 ? 'one' : 'two'][] = (float) $value;
            }
            return 0.0;
        };
        $bench->alternate(4, ['one' => fn(): float => $run(1), 'two' => fn(): float => $run(2)]);
        return $reports;
    };
    $figure = function (string $name, string $unit, array $samples, ?array $target): Figure {
        $samples = Bench::in($unit, $samples);
        [$one, $two] = [min($samples['one']), min($samples['two'])];
        return new Figure($name, $unit, $two, $one, 'one worker', $target, ratio: $one / $two, samples: $samples);
    };

    $empty = $measure('empty', 3000);
    yield $figure('empty scripts on two workers, each', 'µs', $empty['workers'], ['>=', 1.8, 'ratio']);
    yield $figure('  with startScript and await of each', 'µs', $empty['started'], null);
    $cpu = $measure('cpu', 8);
    yield $figure('CPU-bound scripts on two workers, each', 'ms', $cpu['workers'], ['>=', 1.9, 'ratio']);

    $processes = Bench::in('ms', $bench->alternate(4, [
        'one' => fn(): float => $bench->child->run('loop', [], [4])['loop'],
        'two' => fn(): float => max(array_column($bench->child->together('loop', [], [4], 2), 'loop')) / 2,
    ]));
    [$one, $two] = [min($processes['one']), min($processes['two'])];
    yield new Figure('  two php processes at once: the machine\'s limit', 'ms', $two, $one, 'one process', ratio: $one / $two, samples: $processes);
};
