<?php

declare(strict_types=1);

namespace FfiZts\Bench;

/** A checkout of sj-i/ffi-zts: another way to put a thread-safe libphp into this process, by PHP code on ext-ffi. */
final class Peer
{
    /** What it looks up in libphp without being able to do without; no-ops where this libphp has none. */
    private const WANTED = ['zend_signal_startup', 'zend_set_dl_use_deepbind'];

    private function __construct(public readonly string $directory, public readonly string $libphp, private readonly ?string $temporary)
    {
    }

    /** Null, after saying why on standard error, when it cannot be used here. */
    public static function prepare(string $directory, string $runtime): ?self
    {
        $library = (string) realpath("$runtime/libphp.so");
        if (!is_file("$directory/src/Embed.php")) {
            fwrite(STDERR, "bench: no checkout of sj-i/ffi-zts in $directory\n");
            return null;
        }
        exec('nm -D --defined-only ' . escapeshellarg($library), $symbols);
        $missing = array_filter(self::WANTED, fn(string $name): bool => preg_grep("/ T $name\$/", $symbols) === []);
        if ($missing === []) {
            return new self((string) realpath($directory), $library, null);
        }
        $temporary = sys_get_temp_dir() . '/ffi_zts-bench.' . getmypid();
        mkdir($temporary, 0o700);
        $peer = new self((string) realpath($directory), "$temporary/libphp-with-symbols.so", $temporary);
        return self::link($peer->libphp, $library, $missing) ? $peer : null;
    }

    /**
     * A library that depends on libphp and adds the symbols. libphp itself, and what is measured, stays the same.
     *
     * @param array<string> $missing
     */
    private static function link(string $target, string $library, array $missing): bool
    {
        $directory = dirname($target);
        file_put_contents("$directory/symbols.c", implode("\n", array_map(fn(string $name): string => "void $name(void) {}", $missing)));
        // Linked with an empty library of the same path, so that the dependency is this path and the loader does not search.
        $commands = [
            ['cc', '-shared', '-o', "$directory/libphp.so", '-xc', '/dev/null'],
            ['cc', '-w', '-shared', '-fPIC', '-o', $target, "$directory/symbols.c", '-Wl,--no-as-needed', "$directory/libphp.so"],
            ['ln', '-sf', $library, "$directory/libphp.so"],
        ];
        $shell = implode(' && ', array_map(fn(array $command): string => implode(' ', array_map(escapeshellarg(...), $command)), $commands));
        exec("($shell) 2>&1", $output, $status);
        if ($status !== 0) {
            fwrite(STDERR, "bench: the peer needs a C compiler here:\n" . implode("\n", $output) . "\n");
        }
        return $status === 0;
    }

    /** @return list<string> arguments of a php that can run it */
    public function php(): array
    {
        $ffi = extension_loaded('ffi') ? [] : ['-d', 'extension=ffi'];
        return [...$ffi, '-d', 'ffi.enable=1'];
    }

    public function __destruct()
    {
        if ($this->temporary !== null) {
            array_map(unlink(...), glob("$this->temporary/*") ?: []);
            rmdir($this->temporary);
        }
    }
}
