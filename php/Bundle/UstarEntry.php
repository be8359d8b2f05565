<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** A member of an archive: a regular file or a directory, by a name that is safe to use. */
final class UstarEntry
{
    public function __construct(public readonly string $path, public readonly bool $isDirectory, public readonly int $size)
    {
    }
}
