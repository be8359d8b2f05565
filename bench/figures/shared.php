<?php

// Memory that the threads share.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $run = fn(int $workers): array => $bench->child->run('shared', $bench->child->ours(), ['ours', $workers]);
    $samples = $bench->alternate(4, [
        'one worker' => fn(): array => $run(1),
        'two workers' => fn(): array => $run(2),
        'two processes' => fn(): array => ['sums' => max(array_column($bench->child->together('shared', $bench->child->ours(), ['ours', 1], 2), 'sums')) / 2],
    ]);
    $grown = array_map(fn(float $bytes): float => $bytes / (64 << 20), $samples['grown']['two workers']);
    $once = Bench::median($grown);
    yield new Figure('64 MB written by the host, summed by two workers', 'MB', 64 * $once, 64.0, 'its size', ['<=', 1.03, 'ratio'], samples: ['ours' => $grown]);
    $sums = Bench::in('ms', $samples['sums']);
    [$alone, $both, $limit] = [min($sums['one worker']), min($sums['two workers']), min($sums['two processes'])];
    yield new Figure('  ten sums of it on two workers', 'ms', $both, $alone, 'one worker', ['>=', 1.9, 'ratio'], ratio: $alone / $both, samples: $sums);
    yield new Figure("  two php processes at once: the machine's limit", 'ms', $limit, $alone, 'one worker', ratio: $alone / $limit, samples: $sums);
};
