<?php

// The way to a first result where nothing is warm.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $pcntl = extension_loaded('pcntl');
    $more = ['anew' => fn(): array => $bench->child->run('fresh', $bench->child->ours(), ['anew'])];
    $more['process'] = fn(): array => $bench->child->run('fresh', [], ['process']);
    if ($pcntl) {
        $more['fork'] = fn(): array => $bench->child->run('fresh', [], ['fork']);
    }
    $samples = $bench->againstParallel(4, 'fresh', [], $more)['first'];
    $parallel = isset($samples['parallel']) ? ['parallel' => $samples['parallel']] : [];
    yield $bench->parallelFigure('first task on a new thread, one after another', 'µs', ['ours' => $samples['ours']] + $parallel, ['<=', 0.8, 'ratio']);
    yield $bench->parallelFigure('  without spare workers', 'µs', ['ours' => $samples['anew']] + $parallel, null);
    $samples = Bench::in('µs', $samples);
    foreach (['fork' => 'pcntl_fork(), a pipe and a wait', 'process' => 'proc_open() of php -n'] as $who => $name) {
        $other = isset($samples[$who]) ? min($samples[$who]) : null;
        yield new Figure("  beside a $who", 'µs', min($samples['anew']), $other, $name, note: $other === null ? 'no pcntl in this php' : '', samples: $samples);
    }
};
