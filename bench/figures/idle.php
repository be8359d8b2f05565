<?php

// Processor time of the guest's threads while there is nothing to do.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $report = $bench->child->run('idle', $bench->child->ours());
    $used = $report['guest'] / 1e3;
    yield new Figure('CPU time of the guest in 5 s of idling', 'µs', $used, target: ['<=', 0.0, 'ours'], note: "$report[threads] threads", samples: ['ours' => [$used]]);
};
