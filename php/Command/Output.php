<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** Where a command writes. */
interface Output
{
    /** To standard output, as it is. */
    public function write(string $text): void;

    /** To standard error, as it is. */
    public function error(string $text): void;

    /** Whether more is to be told than everybody wants to know. */
    public function isVerbose(): bool;

    /** The text in the colour of the mood, where standard output shows colours. */
    public function paint(string $text, Mood $mood): string;
}
