<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** The PHP that a bundle is for, and what it runs on. */
final class Host
{
    /** @param list<string> $extensions that are loaded, in lower case: threads have the same */
    public function __construct(
        public readonly string $version,
        public readonly bool $zts,
        public readonly bool $debug,
        public readonly string $system,
        public readonly string $arch,
        public readonly Libc $libc,
        public readonly string $binary,
        public readonly array $extensions = [],
    ) {
    }

    /**
     * The PHP of this very process.
     *
     * @throws InstallError where the process map cannot be read
     */
    public static function detect(): self
    {
        $libc = new Libc(Libc::NONE);
        if (PHP_OS_FAMILY === 'Linux') {
            $map = @file_get_contents('/proc/self/maps');
            if ($map === false) {
                throw new InstallError(
                    Status::Internal,
                    'cannot read /proc/self/maps, which tells the C library of this PHP',
                    'mount /proc, and let open_basedir include it: php -d open_basedir= vendor/bin/ffi-zts install',
                );
            }
            $libc = Libc::fromMap($map);
        }
        $arch = self::arch(php_uname('m'), PHP_INT_SIZE);
        $extensions = array_map(strtolower(...), get_loaded_extensions());
        return new self(PHP_VERSION, (bool) PHP_ZTS, (bool) PHP_DEBUG, PHP_OS_FAMILY, $arch, $libc, PHP_BINARY, $extensions);
    }

    /** The architecture of a PHP under that kernel: a 64-bit kernel runs 32-bit programs as well. */
    public static function arch(string $machine, int $intSize): string
    {
        $arch = match ($machine) {
            'amd64' => 'x86_64',
            'arm64' => 'aarch64',
            default => $machine,
        };
        if ($intSize !== 4) {
            return $arch;
        }
        return match ($arch) {
            'x86_64' => 'i686',
            'aarch64' => 'armv7l',
            default => $arch,
        };
    }

    /** As 8.2. */
    public function minor(): string
    {
        return implode('.', array_slice(explode('.', $this->version), 0, 2));
    }

    public function target(): Target
    {
        return new Target($this->minor(), $this->minor(), $this->arch, $this->libc->name);
    }

    /**
     * Refuses a host that no bundle is made for, whatever the manifest holds.
     *
     * @throws InstallError
     */
    public function check(): void
    {
        if ($this->system !== 'Linux') {
            throw InstallError::unsupported(
                Reason::Arch,
                "ffi_zts runs on Linux, and this is {$this->system}",
                'use it in a container or a virtual machine with Linux',
            );
        }
        if ($this->zts) {
            throw InstallError::unsupported(
                Reason::ZtsHost,
                "this PHP {$this->version} ({$this->binary}) is thread-safe, ffi_zts is for one that is not",
                'use ext-parallel here, which a thread-safe PHP loads itself: pecl install parallel',
            );
        }
        if ($this->debug) {
            throw InstallError::unsupported(
                Reason::DebugHost,
                "this PHP {$this->version} ({$this->binary}) is a debug build, the bundles are for builds without --enable-debug",
                'use a PHP without --enable-debug, or build for this one: ffi-zts install --build',
            );
        }
        if ($this->libc->name === Libc::MUSL) {
            throw InstallError::unsupported(
                Reason::Musl,
                "this PHP runs on musl ({$this->libc->path}), the bundles are for glibc",
                "use an image with glibc: php:{$this->minor()}-cli in place of php:{$this->minor()}-cli-alpine, or Debian or Ubuntu",
            );
        }
        if ($this->libc->name !== Libc::GLIBC) {
            throw InstallError::unsupported(
                Reason::NoBundle,
                "this PHP ({$this->binary}) is linked without a shared C library: it can load no extension",
                "use a PHP that loads extensions, as that of Debian, Ubuntu or the image php:{$this->minor()}-cli",
            );
        }
    }

    /**
     * Refuses a bundle that needs a newer glibc than this host has.
     *
     * @throws InstallError
     */
    public function checkGlibc(string $floor): void
    {
        $version = $this->libc->version;
        if ($version !== null && version_compare($version, $floor, '<')) {
            throw InstallError::unsupported(
                Reason::GlibcTooOld,
                "the bundle needs glibc $floor or newer, this system has $version ({$this->libc->path})",
                'use a newer release, as Debian 12 or Ubuntu 22.04, or build for this one: ffi-zts install --build',
            );
        }
    }
}
