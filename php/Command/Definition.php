<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** What a command is called, takes and does: symfony/console and the plain command line are both made from it. */
final class Definition
{
    /**
     * @param string         $summary   one line
     * @param string         $help      at most a screen
     * @param list<Argument> $arguments
     * @param list<Option>   $options
     */
    public function __construct(
        public readonly string $name,
        public readonly string $summary,
        public readonly string $help,
        public readonly array $arguments = [],
        public readonly array $options = [],
        public readonly Need $need = Need::Nothing,
    ) {
    }

    public function option(string $name): ?Option
    {
        foreach ($this->options as $option) {
            if ($option->name === $name || $option->letter === $name) {
                return $option;
            }
        }
        return null;
    }

    /** The screen of `--help` where there is no symfony/console. */
    public function text(): string
    {
        $usage = "ffi-zts $this->name" . ($this->options === [] ? '' : ' [option...]')
            . implode('', array_map(static fn (Argument $argument): string => ' ' . $argument->shown(), $this->arguments));
        $rows = [];
        foreach ([...$this->arguments, ...$this->options] as $part) {
            $rows[] = [$part->shown(), $part->summary];
        }
        $rows[] = ['-h, --help', 'This text'];
        $width = max(array_map(static fn (array $row): int => self::columns($row[0]), $rows));
        $text = "$this->summary\n\nUsage: $usage\n\n";
        foreach ($rows as [$shown, $summary]) {
            $text .= '  ' . $shown . str_repeat(' ', $width - self::columns($shown) + 2) . "$summary\n";
        }
        return "$text\n$this->help\n";
    }

    /** How many characters of UTF-8 there are; ext-mbstring may be missing. */
    private static function columns(string $text): int
    {
        return strlen((string) preg_replace('/[\x80-\xBF]/', '', $text));
    }
}
