<?php

// One empty script at a time: a whole request and the way there and back.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $samples = $bench->againstPeer(6, 'script');
    yield $bench->peerFigure('an empty runScript, warm', 'µs', $samples['script'], ['<=', 2.0, 'ratio'], 'which runs it on the host\'s thread');
};
