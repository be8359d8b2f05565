<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Bytes did not come, or not those that were wanted. */
final class FetchError extends \RuntimeException
{
    /**
     * @param bool    $again   another try may bring them
     * @param bool    $bytes   what came was not what was pinned
     * @param ?string $remedy  what the user can do
     */
    public function __construct(
        string $message,
        public readonly bool $again = false,
        public readonly bool $bytes = false,
        public readonly ?string $remedy = null,
    ) {
        parent::__construct($message);
    }
}
