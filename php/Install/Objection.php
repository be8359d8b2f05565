<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** Why a path is not to be trusted, and the command that mends it. */
final class Objection
{
    public function __construct(
        public readonly string $path,
        public readonly string $why,
        public readonly string $remedy,
    ) {
    }
}
