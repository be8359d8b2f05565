<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** The standard streams, without colours. */
final class PlainOutput implements Output
{
    public function __construct(private readonly bool $verbose = false)
    {
    }

    public function write(string $text): void
    {
        fwrite(STDOUT, $text);
    }

    public function error(string $text): void
    {
        fwrite(STDERR, $text);
    }

    public function isVerbose(): bool
    {
        return $this->verbose;
    }

    public function paint(string $text, Mood $mood): string
    {
        return $text;
    }
}
