<?php

// What workers cost that have a warm request and nothing to do.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $report = $bench->child->run('waiting', $bench->child->ours(), ['ours']);
    $worker = $report['worker'] / 1e6;
    yield new Figure('memory of an idle worker with a warm request', 'MB', $worker, samples: ['ours' => [$worker]]);
    $idle = $report['idle'] / 1e3;
    yield new Figure('CPU time of idle workers in 10 s', 'µs', $idle, target: ['<=', 0.0, 'ours'], note: "$report[threads] threads", samples: ['ours' => [$idle]]);
    $waiting = $report['waiting'] / 1e3;
    yield new Figure('  of 16 that wait for a channel', 'µs', $waiting, note: 'each looks around once a second', samples: ['ours' => [$waiting]]);
};
