<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** An option of a command, as data. */
final class Option
{
    /**
     * @param string       $name     without dashes
     * @param string       $summary  what it does, without a full stop
     * @param ?string      $value    what its value is, as help shows it; null: it has none
     * @param ?string      $letter   its short form
     * @param bool         $repeated it may be given several times; its value is a list then
     * @param list<string> $choices  what completion proposes as its value
     */
    public function __construct(
        public readonly string $name,
        public readonly string $summary,
        public readonly ?string $value = null,
        public readonly ?string $letter = null,
        public readonly bool $repeated = false,
        public readonly array $choices = [],
    ) {
    }

    /** As a line of help names it. */
    public function shown(): string
    {
        return ($this->letter === null ? '' : "-$this->letter, ") . "--$this->name" . ($this->value === null ? '' : "=$this->value");
    }
}
