<?php

// What a host pays that has loaded the extension and never boots.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $with = $bench->child->ours();
    $starts = $bench->alternate(60, [
        'ours' => fn(): array => ['start' => $bench->child->time([...$with, '-r', ''])],
        'php' => fn(): array => ['start' => $bench->child->time(['-r', ''])],
        'ffi' => fn(): array => ['start' => $bench->child->time(['-d', 'extension=ffi', '-r', ''])],
    ]);
    $starts = Bench::in('ms', $starts['start']);
    $own = Bench::median($starts['ours']) - Bench::median($starts['php']);
    $ffi = Bench::median($starts['ffi']) - Bench::median($starts['php']);
    yield new Figure('loading the extension, added to the start of php', 'ms', $own, $ffi, 'loading ext-ffi', samples: $starts);

    $loops = $bench->alternate(5, [
        'ours' => fn(): array => $bench->child->run('loop', $with, [6]),
        'php' => fn(): array => $bench->child->run('loop', [], [6]),
    ]);
    $loops = Bench::in('ms', $loops['loop']);
    yield new Figure('a loop on the host, extension loaded', 'ms', min($loops['ours']), min($loops['php']), 'php without it', ['<=', 1.02, 'ratio'], samples: $loops);
};
