<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** An argument of a command, as data. */
final class Argument
{
    /**
     * @param string $summary  what it is, without a full stop
     * @param bool   $repeated takes all that is left; only the last argument of a command can
     */
    public function __construct(
        public readonly string $name,
        public readonly string $summary,
        public readonly bool $required = true,
        public readonly bool $repeated = false,
    ) {
    }

    /** As a line of help names it. */
    public function shown(): string
    {
        $name = strtoupper($this->name) . ($this->repeated ? '…' : '');
        return $this->required ? $name : "[$name]";
    }
}
