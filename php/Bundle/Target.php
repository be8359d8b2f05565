<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** What a bundle is built for. Its text is the bundle's id, as host8.2-guest8.2-linux-x86_64-glibc. */
final class Target
{
    private const ID = '/^host(\d+\.\d+)-guest(\d+\.\d+)-linux-([a-z0-9_]+)-([a-z]+)$/D';

    public function __construct(
        public readonly string $hostMinor,
        public readonly string $guestMinor,
        public readonly string $arch,
        public readonly string $libc,
    ) {
    }

    /**
     * Reads an id, or a minor alone, as 8.4: both halves of that minor, for the architecture of `$host`.
     *
     * @throws InstallError where the text is neither
     */
    public static function parse(string $text, Host $host): self
    {
        if (preg_match(self::ID, $text, $match) === 1) {
            return new self($match[1], $match[2], $match[3], $match[4]);
        }
        if (preg_match('/^\d+\.\d+$/D', $text) === 1) {
            return new self($text, $text, $host->arch, Libc::GLIBC);
        }
        throw new InstallError(
            Status::Usage,
            "'$text' is no target: it takes a minor of PHP, as 8.4, or the id of a bundle, as host8.2-guest8.2-linux-x86_64-glibc",
        );
    }

    public static function isId(string $text): bool
    {
        return preg_match(self::ID, $text) === 1;
    }

    public function id(): string
    {
        return "host{$this->hostMinor}-guest{$this->guestMinor}-linux-{$this->arch}-{$this->libc}";
    }

    /** Whether a bundle for this target can be tried on that host. */
    public function runsOn(Host $host): bool
    {
        return $this->hostMinor === $host->minor() && $this->arch === $host->arch && $this->libc === $host->libc->name;
    }
}
