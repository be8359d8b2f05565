<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** A runtime as it was built, and its runtime.json as it is shipped. */
final class Runtime
{
    /** @var array<string, mixed> */
    public readonly array $json;

    public function __construct(public readonly string $directory)
    {
        $this->json = Files::readJson("$directory/runtime.json");
        if (($this->json['format'] ?? null) !== 1) {
            throw new Failure("$directory/runtime.json is not of format 1");
        }
        if ($this->json['debug'] || preg_match('/--enable-(address|memory|undefined)-sanitizer/', $this->json['configure']) === 1) {
            throw new Failure("$directory is a runtime for debugging, which nobody is given; build another one with scripts/build-libphp.sh");
        }
    }

    /**
     * Names of the files in ext/ that a bundle has: those of PHP's own source. What else was built for this runtime is under other licences,
     * and the affair of who built it.
     *
     * @return list<string>
     */
    public function extensions(): array
    {
        $names = [];
        foreach ($this->json['extensions'] as $name => $sha256) {
            $note = "$this->directory/ext/vanilla/" . basename($name, '.so') . '.build';
            if (is_file($note) && preg_match("/^from=PHP's own source/m", Files::read($note)) !== 1) {
                fwrite(STDERR, "ffi_zts: $name is not of PHP's own source, and stays here\n");
                continue;
            }
            $this->check("ext/$name", $sha256);
            $names[] = $name;
        }
        sort($names, SORT_STRING);
        return $names;
    }

    /** Refuses a runtime whose libphp is not the one that it was built with. */
    public function checkLibrary(): void
    {
        $this->check($this->json['libphp']['file'], $this->json['libphp']['sha256']);
    }

    /** Writes runtime.json for the files that stand in a directory as they are shipped: stripped, with other hashes. */
    public function ship(string $stage): void
    {
        $json = $this->json;
        // Where this machine keeps what it built the runtime from.
        unset($json['prefix'], $json['source_dir']);
        $json['source'] = preg_replace('/^directory .*/s', 'directory', $json['source']);
        $json['libphp'] = ['file' => 'libphp.so', 'sha256' => Files::sha256("$stage/libphp.so"), 'size' => filesize("$stage/libphp.so")];
        $json['guest'] = ['file' => 'ffi_zts_guest.so', 'sha256' => Files::sha256("$stage/ffi_zts_guest.so")];
        $json['extensions'] = [];
        foreach ($this->extensions() as $name) {
            $json['extensions'][$name] = Files::sha256("$stage/ext/$name");
        }
        $json['extensions'] = (object) $json['extensions'];
        Files::writeJson("$stage/runtime.json", $json);
    }

    private function check(string $file, string $sha256): void
    {
        if (Files::sha256("$this->directory/$file") !== $sha256) {
            throw new Failure("$this->directory/$file is not the file that runtime.json names; build the runtime again: make build");
        }
    }
}
