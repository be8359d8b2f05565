<?php

// Two workers beside one; and two processes beside one, which is as much as this machine has to give.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $run = fn(string $script, int $threads, int $count): array
        => $bench->child->run('workers', $bench->child->ours(), ['', '', '', $threads, $script, $count]);
    $figure = function (string $name, string $unit, array $samples, string $one, string $two, ?array $target): Figure {
        $samples = Bench::in($unit, $samples);
        [$alone, $both] = [min($samples[$one]), min($samples[$two])];
        return new Figure($name, $unit, $both, $alone, $one, $target, ratio: $alone / $both, samples: $samples);
    };

    $empty = $bench->alternate(5, [
        'one worker' => fn(): array => $run('empty', 1, 3000),
        'two workers' => fn(): array => $run('empty', 2, 3000),
    ]);
    yield $figure('empty scripts on two workers, each', 'µs', $empty['workers'], 'one worker', 'two workers', ['>=', 1.8, 'ratio']);
    yield $figure('  with startScript and await of each', 'µs', $empty['started'], 'one worker', 'two workers', null);

    // The two processors of a virtual machine may be two threads of one core: what two processes gain says so.
    $cpu = $bench->alternate(5, [
        'one worker' => fn(): array => $run('cpu', 1, 8),
        'two workers' => fn(): array => $run('cpu', 2, 8),
        'one process' => fn(): array => ['workers' => $bench->child->run('loop', [], [8])['mean']],
        'two processes' => fn(): array => ['workers' => max(array_column($bench->child->together('loop', [], [8], 2), 'mean')) / 2],
    ]);
    yield $figure('CPU-bound scripts on two workers, each', 'ms', $cpu['workers'], 'one worker', 'two workers', ['>=', 1.9, 'ratio']);
    yield $figure("  two php processes at once: the machine's limit", 'ms', $cpu['workers'], 'one process', 'two processes', null);
};
