<?php

// What grows with the size of a thing should do so evenly: a chart of each, and the worst bend in it.
declare(strict_types=1);

namespace FfiZts\Bench;

/**
 * How much dearer a unit becomes anywhere, compared with the cheapest before: 1 where cost grows as the size does, or less.
 * Sizes below `$from`, where the fixed cost is all there is, do not count.
 *
 * @param array<int, float> $times by size
 */
function bend(array $times, int $from): float
{
    $cheapest = INF;
    $worst = 1.0;
    foreach ($times as $size => $time) {
        if ($size >= $from) {
            $worst = max($worst, $time / $size / $cheapest);
            $cheapest = min($cheapest, $time / $size);
        }
    }
    return $worst;
}

return static function (Bench $bench): iterable {
    $directory = dirname(__DIR__, 2) . '/build/bench';
    if (!is_dir($directory)) {
        mkdir($directory, 0o777, true);
    }
    $kinds = [
        'elements' => ['an array there and back, 1,000 to 1,000,000 elements', 'elements', 1000],
        'tasks' => ['1 to 10,000 tasks queued at once', 'tasks', 10],
        'workers' => ['1 to 200 new workers, a task on each', 'workers', 1],
    ];
    foreach ($kinds as $kind => [$name, $unit, $from]) {
        $more = $kind === 'elements' ? ['copy' => fn(): array => $bench->child->run('growth', [], ['copy', $kind])] : [];
        $samples = $bench->againstParallel(3, 'growth', [$kind], $more);
        $plot = new Plot(ucfirst($name), $unit, 'milliseconds');
        $bends = [];
        foreach (['ours' => 'ffi_zts', 'parallel' => Bench::PARALLEL, 'copy' => 'a copy on the host, twice'] as $who => $label) {
            $times = [];
            foreach ($samples as $size => $by) {
                if (isset($by[$who])) {
                    $times[(int) $size] = 1e3 * min($by[$who]);
                }
            }
            if ($times !== []) {
                ksort($times);
                $plot->add($label, $times);
                $bends[$who] = bend($times, $from);
            }
        }
        file_put_contents("$directory/$kind.svg", $plot->svg());
        $beside = isset($bends['copy']) ? 'copy' : 'parallel';
        $against = $beside === 'copy' ? 'a copy on the host' : Bench::PARALLEL;
        yield new Figure(
            $name,
            '×',
            $bends['ours'],
            $bends[$beside] ?? null,
            $against,
            ['<=', 1.5, $beside === 'copy' ? 'ratio' : 'ours'],
            "the dearest unit to the cheapest of the smaller sizes; build/bench/$kind.svg",
            samples: array_map(fn(array $by): array => array_merge(...array_values($by)), $samples),
        );
    }
};
