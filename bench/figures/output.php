<?php

// Many small writes of a script.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $samples = $bench->againstPeer(4, 'output');
    yield $bench->peerFigure('200,000 echoed lines, to /dev/null', 'ms', $samples['plain'], ['<=', 0.4, 'ratio']);
    yield $bench->peerFigure('200,000 echoed lines, into ob_start()', 'ms', $samples['buffered'], null);
};
