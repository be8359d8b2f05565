<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** What a manifest says of one bundle: the bytes that it consists of. */
final class Pin
{
    /**
     * @param string       $file   name of the archive
     * @param string       $sha256 of the archive
     * @param list<string> $chunks SHA-256 of each piece of `$chunkSize` bytes, the last of which may be shorter
     */
    public function __construct(
        public readonly string $id,
        public readonly string $file,
        public readonly int $size,
        public readonly string $sha256,
        public readonly int $chunkSize,
        public readonly array $chunks,
    ) {
    }

    /** What tells this archive from others of the same name. */
    public function short(): string
    {
        return substr($this->sha256, 0, 12);
    }

    /** Bytes of the piece with that number. */
    public function chunkLength(int $number): int
    {
        return min($this->chunkSize, $this->size - $number * $this->chunkSize);
    }
}
