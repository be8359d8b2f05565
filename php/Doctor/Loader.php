<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

use FfiZts\Install\Program;

/** The dynamic linker of this process, of glibc: what it does not find. */
final class Loader
{
    private function __construct(private readonly string $path)
    {
    }

    public static function current(): self
    {
        $maps = (string) @file_get_contents('/proc/self/maps');
        return new self(preg_match('~\s(/\S*/ld-linux[^/\s]*|/\S*/ld-[\d.]+\.so)$~m', $maps, $match) === 1 ? $match[1] : '');
    }

    /**
     * The libraries that a file needs, itself or through others, and that are not there. No code of the file is run.
     *
     * @return list<string> sonames
     */
    public function missing(string $file): array
    {
        if ($this->path === '') {
            return [];
        }
        // As ldd does; --list ends at the first library that it does not find.
        $said = Program::run([$this->path, $file], ['LD_TRACE_LOADED_OBJECTS' => '1'])['output'];
        preg_match_all('/^\s+(\S+) => not found$/m', $said, $found);
        return $found[1];
    }
}
