<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** The C library of a process. */
final class Libc
{
    public const GLIBC = 'glibc';
    public const MUSL = 'musl';
    /** The process has no shared C library, so that it loads no extensions either. */
    public const NONE = 'none';

    /**
     * @param ?string $path    the library's file
     * @param ?string $version of glibc, as 2.36; null where it cannot be told
     */
    public function __construct(
        public readonly string $name,
        public readonly ?string $path = null,
        public readonly ?string $version = null,
    ) {
    }

    /**
     * Finds the library in a process map: what a process runs on, whatever else the system has.
     *
     * @param string $map the text of /proc/PID/maps
     */
    public static function fromMap(string $map): self
    {
        // A library that an upgrade has replaced is marked as deleted; its successor stands at the same path.
        preg_match_all('~^\S+ \S+ \S+ \S+ \S+ +(/.*?)(?: \(deleted\))?$~m', $map, $found);
        $paths = array_values(array_unique($found[1]));
        foreach ($paths as $path) {
            if (preg_match('~^(?:ld-musl-.*|libc\.musl-.*)\.so\.1$~D', basename($path)) === 1) {
                return new self(self::MUSL, $path);
            }
        }
        foreach ($paths as $path) {
            if (preg_match('~^(?:libc\.so\.6|libc-(\d+\.\d+)\.so)$~D', basename($path), $match) === 1) {
                return new self(self::GLIBC, $path, $match[1] ?? self::glibcVersion($path));
            }
        }
        return new self(self::NONE);
    }

    /** The version that the library states in its banner, as in `GNU C Library (…) stable release version 2.36.` */
    private static function glibcVersion(string $path): ?string
    {
        $bytes = (string) @file_get_contents($path);
        return preg_match('/GNU C Library[^\0]*? release version (\d+\.\d+)/', $bytes, $match) === 1 ? $match[1] : null;
    }
}
