<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** What a shared object needs of the system that loads it, as readelf tells it. */
final class Elf
{
    /** Versions of glibc that are not called after the release that brought them. */
    private const MARKERS = ['GLIBC_ABI_DT_RELR' => '2.36'];

    /**
     * @param string       $glibc  the highest release whose symbols it needs; empty for none
     * @param list<string> $needed
     */
    private function __construct(
        public readonly string $glibc,
        public readonly array $needed,
        public readonly string $soname,
        public readonly string $buildId,
    ) {
    }

    public static function isOne(string $path): bool
    {
        return @file_get_contents($path, false, null, 0, 4) === "\x7fELF";
    }

    public static function read(string $path): self
    {
        $text = Files::output(['readelf', '--dynamic', '--version-info', '--notes', '--wide', $path]);
        preg_match_all('/\(NEEDED\) +Shared library: \[(.+)\]/', $text, $needed);
        preg_match('/\(SONAME\) +Library soname: \[(.+)\]/', $text, $soname);
        if (preg_match('/Build ID: ([0-9a-f]{40,})/', $text, $buildId) !== 1) {
            throw new Failure("$path has no build-id, by which its debug file is found");
        }
        return new self(self::glibc($text, $path), array_values(array_unique($needed[1])), $soname[1] ?? '', $buildId[1]);
    }

    /** The highest of the versions that are needed. */
    private static function glibc(string $text, string $path): string
    {
        // The section that says what is needed; another one says what the file itself defines.
        $needs = preg_match('/^Version needs section.*?(?=^Version (?:symbols|definition)|\z)/ms', $text, $section) === 1 ? $section[0] : '';
        preg_match_all('/Name: (GLIBC_\S+)/', $needs, $versions);
        $highest = '';
        foreach ($versions[1] as $name) {
            $version = self::MARKERS[$name] ?? (preg_match('/^GLIBC_(\d+(?:\.\d+)+)$/', $name, $number) === 1 ? $number[1] : null);
            if ($version === null) {
                throw new Failure("$path needs $name: which release of glibc brought it has to be told in scripts/package/Elf.php");
            }
            if ($highest === '' || version_compare($version, $highest, '>')) {
                $highest = $version;
            }
        }
        // 2.2.5 and its like: releases of today have two numbers, and a floor as well.
        return implode('.', array_slice(explode('.', $highest), 0, 2));
    }
}
