<?php

// A trivial closure on a warm worker.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $samples = $bench->againstParallel(5, 'tasks');
    yield $bench->parallelFigure('run() and await() of a trivial closure', 'µs', $samples['warm'], ['<=', 0.4, 'ratio']);
    yield $bench->parallelFigure('  10,000 of them on their way at once, each', 'µs', $samples['pipelined'], ['<=', 1.0, 'ratio']);

    yield $bench->parallelFigure('  run() and await(), threads wherever they are put', 'µs', $samples['anywhere'], null);

    $map = $bench->alternate(4, ['ours' => fn(): array => $bench->child->run('map', $bench->child->ours(), ['ours'])]);
    $map = Bench::in('µs', $map['map']);
    yield new Figure('Pool::map() of 100,000 trivial items, each', 'µs', min($map['ours']), target: ['<=', 1.5, 'ours'], samples: $map);
};
