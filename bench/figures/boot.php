<?php

// From nothing to a guest that takes jobs.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $samples = $bench->againstPeer(20, 'boot');
    yield $bench->peerFigure('boot to ready', 'ms', $samples['ready'], ['<=', 1.2, 'ratio']);
    yield $bench->peerFigure('boot to the end of the second script', 'ms', $samples['first'], null);
};
