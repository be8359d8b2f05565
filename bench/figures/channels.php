<?php

// Single values through channels.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $samples = $bench->againstParallel(4, 'channels');
    yield $bench->parallelFigure('send() and recv() of a buffered channel', 'ns', $samples['buffered'], ['<=', 1.0, 'ratio'], 'in one thread');
    yield $bench->parallelFigure('send() to a worker at a rendezvous', 'µs', $samples['met'], ['<=', 0.5, 'ratio']);
};
