<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** A file of a bundle, as bundle.json names it. */
final class FileEntry
{
    /** @param int $mode permission bits, as 0644 */
    public function __construct(
        public readonly string $path,
        public readonly string $sha256,
        public readonly int $size,
        public readonly int $mode,
    ) {
    }
}
