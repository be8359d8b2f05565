<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** An unpacked bundle: ffi_zts.so with its runtime, and bundle.json that says what they are. */
final class InstalledBundle
{
    /**
     * @param string       $id   as host8.2-guest8.2-linux-x86_64-glibc
     * @param string       $path the link that stays where it is when another version is installed
     * @param array<mixed> $json bundle.json; empty where it cannot be read
     */
    public function __construct(
        public readonly string $id,
        public readonly string $path,
        public readonly array $json,
    ) {
    }

    public static function at(string $path): self
    {
        $json = json_decode((string) @file_get_contents("$path/bundle.json"), true);
        return new self(basename($path), $path, is_array($json) ? $json : []);
    }

    public function extension(): string
    {
        return "$this->path/" . ExtensionFile::NAME;
    }

    /** The minor of the PHP that it extends, as 8.2. */
    public function hostMinor(): string
    {
        return preg_match('/^host(\d+\.\d+)-/', $this->id, $match) === 1 ? $match[1] : '';
    }

    /** @return array<string, string> SHA-256 of each file, by its path within the bundle */
    public function hashes(): array
    {
        $hashes = [];
        foreach (is_array($this->json['files'] ?? null) ? $this->json['files'] : [] as $file => $facts) {
            if (is_array($facts) && is_string($facts['sha256'] ?? null)) {
                $hashes[(string) $file] = $facts['sha256'];
            }
        }
        return $hashes;
    }
}
