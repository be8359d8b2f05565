<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** krakjoe/parallel on the ZTS php of the runtime: threads where PHP is thread-safe. */
final class Parallel
{
    private function __construct(public readonly string $extension, public readonly string $php, public readonly string $version)
    {
    }

    /** Null, after saying why on standard error, when it cannot be used here. */
    public static function prepare(string $extension, string $runtime): ?self
    {
        $php = "$runtime/bin/php";
        $file = (string) realpath($extension);
        $code = 'echo phpversion("parallel");';
        exec(implode(' ', array_map(escapeshellarg(...), [$php, '-n', '-d', "extension=$file", '-r', $code])) . ' 2>&1', $output, $status);
        if ($status !== 0 || !preg_match('/^\d+\.\d+/', implode('', $output))) {
            fwrite(STDERR, "bench: $php cannot load $extension: " . implode(' ', $output) . "\n");
            return null;
        }
        return new self($file, $php, implode('', $output));
    }

    /** @return list<string> arguments of the php */
    public function arguments(): array
    {
        return ['-d', "extension=$this->extension"];
    }
}
