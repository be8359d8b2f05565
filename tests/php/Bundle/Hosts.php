<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Host;
use FfiZts\Bundle\Libc;

/** Hosts that are not this one. */
final class Hosts
{
    public static function host(
        string $version = '8.2.36',
        bool $zts = false,
        bool $debug = false,
        string $system = 'Linux',
        string $arch = 'x86_64',
        ?Libc $libc = null,
        string $binary = '/usr/bin/php',
    ): Host {
        $libc ??= new Libc(Libc::GLIBC, '/lib/x86_64-linux-gnu/libc.so.6', '2.36');
        return new Host($version, $zts, $debug, $system, $arch, $libc, $binary, ['curl']);
    }

    /** That of the PHP which runs the tests, as 8.2. */
    public static function minor(): string
    {
        return PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
    }

    /** A program that passes for a PHP which has tried a bundle, or for one that fails as it says. */
    public static function php(string $path, ?string $failure = null): string
    {
        $script = $failure ?? 'for word; do :; done; exec ' . escapeshellarg(PHP_BINARY) . ' -n -r \'echo strrev($argv[1]);\' "$word"';
        file_put_contents($path, "#!/bin/sh\n$script\n");
        chmod($path, 0755);
        return $path;
    }
}
