<?php

// Zend/bench.php of the source that the runtime was built from.
declare(strict_types=1);

namespace FfiZts\Bench;

return static function (Bench $bench): iterable {
    $manifest = json_decode((string) file_get_contents("$bench->runtime/runtime.json"), true);
    $file = ($manifest['source_dir'] ?? '') . '/Zend/bench.php';
    if (!is_file($file)) {
        yield new Figure('Zend/bench.php in the guest', 'ms', null, note: "there is no $file");
        return;
    }
    $run = fn(string $where, array $php, array $options = []): array => $bench->child->run('zend', $php, [$where, $file, json_encode($options)]);
    $figure = function (string $name, array $total, string $who, ?array $target): Figure {
        $samples = Bench::in('ms', $total);
        return new Figure($name, 'ms', min($samples[$who]), min($samples['host']), 'the host', $target, samples: $samples);
    };
    $ours = $bench->child->ours();
    $plain = $bench->alternate(7, [
        'guest' => fn(): array => $run('guest', $ours),
        'host' => fn(): array => $run('host', []),
        'cli' => fn(): array => $bench->child->run('zend', [], ['host', $file], binary: "$bench->runtime/bin/php"),
    ]);
    yield $figure('Zend/bench.php in the guest', $plain['total'], 'guest', ['<=', 1.05, 'ratio']);
    yield $figure("  with the php of the guest's build, no guest", $plain['total'], 'cli', null);

    $jit = ['opcache.enable' => '1', 'opcache.enable_cli' => '1', 'opcache.jit_buffer_size' => '64M', 'opcache.jit' => 'tracing'];
    $lines = PHP_VERSION_ID < 80500 ? ['-d', 'zend_extension=opcache'] : []; // from then on it is part of PHP
    foreach ($jit as $key => $value) {
        array_push($lines, '-d', "$key=$value");
    }
    try {
        $traced = $bench->alternate(7, [
            'guest' => fn(): array => $run('guest', $ours, ['extensions' => ['opcache'], 'ini' => $jit]),
            'host' => fn(): array => $run('host', $lines),
        ]);
        yield $figure('  with opcache and tracing JIT in both', $traced['total'], 'guest', ['<=', 1.1, 'ratio']);
    } catch (Failed $failure) {
        yield new Figure('  with opcache and tracing JIT in both', 'ms', null, note: strtok($failure->getMessage(), "\n") ?: '');
    }
};
