<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Install\Program;

/** The dynamic linker of this process: which C library it is of, and what it does not find. */
final class Loader
{
    private function __construct(private readonly string $path)
    {
    }

    public static function current(): self
    {
        $maps = (string) @file_get_contents('/proc/self/maps');
        return new self(preg_match('~\s(/\S*/ld-(?:linux|musl)[^/\s]*|/\S*/ld-[\d.]+\.so)$~m', $maps, $match) === 1 ? $match[1] : '');
    }

    public function libc(): string
    {
        return str_contains($this->path, 'ld-musl') ? 'musl' : 'glibc';
    }

    /** Of glibc; null where it is not known. */
    public function version(): ?string
    {
        if ($this->path === '' || $this->libc() === 'musl') {
            return null;
        }
        $said = Program::run([$this->path, '--version'])['output'];
        return preg_match('/ version (\d+\.\d+)/', $said, $match) === 1 ? $match[1] : null;
    }

    /**
     * The libraries that a file needs, itself or through others, and that are not there. No code of the file is run.
     *
     * @return list<string> sonames
     */
    public function missing(string $file): array
    {
        if ($this->path === '' || $this->libc() === 'musl') {
            return [];
        }
        // As ldd does; --list ends at the first library that it does not find.
        $said = Program::run([$this->path, $file], ['LD_TRACE_LOADED_OBJECTS' => '1'])['output'];
        preg_match_all('/^\s+(\S+) => not found$/m', $said, $found);
        return $found[1];
    }
}
