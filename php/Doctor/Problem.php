<?php

declare(strict_types=1);

namespace FfiZts\Doctor;

/** Something that is not well, and what mends it. */
final class Problem
{
    /**
     * @param string $id      the same for every problem of this kind; programs may rely on it
     * @param string $message names the thing
     * @param string $remedy  a command to be followed literally
     */
    public function __construct(
        public readonly string $id,
        public readonly string $message,
        public readonly string $remedy,
        public readonly Severity $severity = Severity::Problem,
    ) {
    }

    public static function note(string $id, string $message, string $remedy): self
    {
        return new self($id, $message, $remedy, Severity::Note);
    }
}
