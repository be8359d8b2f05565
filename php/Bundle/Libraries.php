<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Which shared libraries the dynamic linker of this system would find, by what it goes by itself: its cache, and its directories. */
final class Libraries
{
    /** e_machine of ELF, by architecture. */
    private const MACHINES = ['x86_64' => 62, 'aarch64' => 183];

    /**
     * @param string       $cache       the text of /etc/ld.so.cache; empty where there is none
     * @param list<string> $directories looked into besides
     */
    public function __construct(private readonly string $arch, private readonly string $cache, private readonly array $directories)
    {
    }

    public static function ofSystem(string $arch, ?string $libraryPath): self
    {
        $triplet = "$arch-linux-gnu";
        return new self($arch, (string) @file_get_contents('/etc/ld.so.cache'), [
            ...array_filter(explode(':', (string) $libraryPath), static fn (string $directory): bool => $directory !== ''),
            "/lib/$triplet", "/usr/lib/$triplet", '/lib64', '/usr/lib64', '/lib', '/usr/lib',
        ]);
    }

    public function has(string $soname): bool
    {
        $paths = array_map(static fn (string $directory): string => "$directory/$soname", $this->directories);
        if (preg_match_all('~(?<=\0)/[^\0]*/' . preg_quote($soname, '~') . '(?=\0)~', $this->cache, $found) > 0) {
            $paths = [...$found[0], ...$paths];
        }
        foreach ($paths as $path) {
            if ($this->fits($path)) {
                return true;
            }
        }
        return false;
    }

    /** A system of several architectures has libraries of the same name. */
    private function fits(string $path): bool
    {
        $header = is_file($path) ? (string) @file_get_contents($path, false, null, 0, 20) : '';
        $machine = self::MACHINES[$this->arch] ?? null;
        return str_starts_with($header, "\x7fELF") && strlen($header) === 20
            && ($machine === null || unpack('v', $header, 18)[1] === $machine);
    }
}
