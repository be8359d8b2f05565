<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** The standard streams, without colours. */
final class PlainOutput implements Output
{
    public function write(string $text): void
    {
        fwrite(STDOUT, $text);
    }

    public function error(string $text): void
    {
        fwrite(STDERR, $text);
    }

    public function paint(string $text, Mood $mood): string
    {
        return $text;
    }
}
