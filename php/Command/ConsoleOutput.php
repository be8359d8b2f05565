<?php

declare(strict_types=1);

namespace FfiZts\Command;

use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/** An output of symfony/console's. */
final class ConsoleOutput implements Output
{
    public function __construct(private readonly OutputInterface $output)
    {
    }

    public function write(string $text): void
    {
        $this->output->write($text, false, OutputInterface::OUTPUT_RAW);
    }

    public function error(string $text): void
    {
        $output = $this->output instanceof ConsoleOutputInterface ? $this->output->getErrorOutput() : $this->output;
        $output->write($text, false, OutputInterface::OUTPUT_RAW);
    }

    public function isVerbose(): bool
    {
        return $this->output->isVerbose();
    }

    public function paint(string $text, Mood $mood): string
    {
        return (string) $this->output->getFormatter()->format("<fg=$mood->value>" . OutputFormatter::escape($text) . '</>');
    }
}
