<?php

// Resident memory of a booted guest and of each idle worker.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $samples = $bench->againstPeer(3, 'memory');
    $megabytes = fn(array $values): array => array_map(fn(float $value): float => $value / 1e6, $values);
    $vm = array_map($megabytes, $samples['vm']);
    $peer = isset($vm['peer']) ? Bench::median($vm['peer']) : null;
    $limit = ['<=', 16.0, 'ours'];
    yield new Figure('memory of the guest with a worker, above php -n', 'MB', Bench::median($vm['ours']), $peer, Bench::PEER, $limit, $peer === null ? Bench::NO_PEER : '', samples: $vm);

    // Most of the difference are libraries that a host with the usual extensions has loaded already.
    $usual = $bench->alternate(3, ['ours' => fn(): array => $bench->child->run('memory', $bench->child->ours(), ['ours'], configured: true)]);
    $usual = array_map($megabytes, $usual['vm']);
    yield new Figure('  above php with its php.ini', 'MB', Bench::median($usual['ours']), target: $limit, samples: $usual);

    $worker = $megabytes($samples['worker']['ours']);
    yield new Figure('memory of each further idle worker', 'MB', Bench::median($worker), target: ['<=', 0.9, 'ours'], samples: ['ours' => $worker]);
};
