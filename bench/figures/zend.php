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
    $run = fn(string $where, array $php, array $options = []): float => $bench->child->run('zend', $php, [$where, $file, json_encode($options)])['total'];
    $figure = function (string $name, array $samples, ?array $target) use ($bench): Figure {
        $samples = Bench::in('ms', $samples);
        return new Figure($name, 'ms', min($samples['guest']), min($samples['host']), 'the host', $target, samples: $samples);
    };
    $ours = $bench->child->ours();
    yield $figure('Zend/bench.php in the guest', $bench->alternate(7, [
        'guest' => fn(): float => $run('guest', $ours),
        'host' => fn(): float => $run('host', []),
    ]), ['<=', 1.05, 'ratio']);

    $jit = ['opcache.enable' => '1', 'opcache.enable_cli' => '1', 'opcache.jit_buffer_size' => '64M', 'opcache.jit' => 'tracing'];
    $lines = ['-d', 'zend_extension=opcache'];
    foreach ($jit as $key => $value) {
        array_push($lines, '-d', "$key=$value");
    }
    try {
        yield $figure('  with opcache and tracing JIT in both', $bench->alternate(7, [
            'guest' => fn(): float => $run('guest', $ours, ['extensions' => ['opcache'], 'ini' => $jit]),
            'host' => fn(): float => $run('host', $lines),
        ]), null);
    } catch (Failed $failure) {
        yield new Figure('  with opcache and tracing JIT in both', 'ms', null, note: strtok($failure->getMessage(), "\n") ?: '');
    }
};
