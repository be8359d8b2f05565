<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** A public key of minisign: `Ed`, eight bytes that name the key, the Ed25519 key; in base64 below a comment. */
final class PublicKey
{
    private function __construct(public readonly string $id, public readonly string $bytes)
    {
    }

    /** @throws InstallError */
    public static function parse(string $text, string $file): self
    {
        $lines = explode("\n", rtrim($text, "\n"));
        $bytes = base64_decode($lines[1] ?? '', true);
        $fits = count($lines) === 2 && str_starts_with($lines[0], 'untrusted comment:')
            && $bytes !== false && strlen($bytes) === 42 && str_starts_with($bytes, 'Ed');
        if (!$fits) {
            throw InstallError::verification("$file is no public key of minisign");
        }
        return new self(substr($bytes, 2, 8), substr($bytes, 10));
    }

    /**
     * The keys that came with the package: the one in use, and the one that follows it.
     *
     * @return list<self>
     */
    public static function ofPackage(string $package): array
    {
        $keys = [];
        foreach (['present.pub', 'next.pub'] as $name) {
            $path = "$package/resources/keys/$name";
            if (is_file($path)) {
                $keys[] = self::parse((string) file_get_contents($path), $path);
            }
        }
        return $keys;
    }
}
