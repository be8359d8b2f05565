<?php

// Large values to a worker and back, beside parallel, and beside two round trips of serialize() in one process.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $values = [
        'ints' => ['1,000,000 ints in an array, there and back', 0.5, null],
        'string' => ['a string of 100 MB, there and back', 0.4, null],
        'arrays' => ['100,000 small arrays, there and back', 0.35, 1.0],
    ];
    foreach ($values as $kind => [$name, $limit, $serialized]) {
        $more = ['serialize' => fn(): array => $bench->child->run('values', [], ['serialize', $kind])];
        $samples = $bench->againstParallel(3, 'values', [$kind], $more)['back'];
        $twice = ['ours' => $samples['ours'], 'serialize' => $samples['serialize']];
        unset($samples['serialize']);
        yield $bench->parallelFigure($name, 'ms', $samples, ['<=', $limit, 'ratio']);
        $twice = Bench::in('ms', $twice);
        $target = $serialized === null ? null : ['<=', $serialized, 'ratio'];
        yield new Figure('  beside serialize()', 'ms', min($twice['ours']), min($twice['serialize']), 'serialize() twice', $target, samples: $twice);
    }
};
