<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** Reads a command's arguments where there is no symfony/console: the same forms, without its abbreviations. */
final class PlainInput
{
    /** @var list<string> */
    private array $words = [];
    /** @var array<string, string|list<string>|bool> */
    private array $options = [];

    private function __construct(private readonly Definition $definition)
    {
    }

    /**
     * @param list<string> $given what follows the command's name
     *
     * @throws UsageError for what the definition does not have
     */
    public static function parse(Definition $definition, array $given): Input
    {
        $self = new self($definition);
        $self->read($given);
        return new Input($self->arguments(), $self->options);
    }

    /** @param list<string> $given */
    private function read(array $given): void
    {
        while ($given !== []) {
            $word = array_shift($given);
            if ($word === '--') {
                $this->words = [...$this->words, ...$given];
                return;
            }
            if ($word === '-' || !str_starts_with($word, '-')) {
                $this->words[] = $word;
                continue;
            }
            [$name, $value] = self::split($word);
            $option = $this->option($word, $name);
            if ($option->value === null) {
                $value === null || throw new UsageError("{$this->definition->name}: --$option->name takes no value");
                $this->options[$option->name] = true;
                continue;
            }
            $value ??= array_shift($given) ?? throw new UsageError("{$this->definition->name}: $word needs a value ($option->value)");
            if ($option->repeated) {
                $this->options[$option->name][] = $value;
            } else {
                $this->options[$option->name] = $value;
            }
        }
    }

    /** @return array{string, ?string} */
    private static function split(string $word): array
    {
        if (str_starts_with($word, '--')) {
            return explode('=', substr($word, 2), 2) + [1 => null];
        }
        return [$word[1], isset($word[2]) ? substr($word, 2) : null];
    }

    private function option(string $word, string $name): Option
    {
        $option = $this->definition->option($name);
        $long = str_starts_with($word, '--');
        if ($option === null || ($long ? $option->name : $option->letter) !== $name) {
            throw new UsageError("{$this->definition->name} takes no '$word'");
        }
        return $option;
    }

    /** @return array<string, string|list<string>|null> */
    private function arguments(): array
    {
        $words = $this->words;
        $arguments = [];
        foreach ($this->definition->arguments as $argument) {
            if ($words === [] && $argument->required) {
                throw new UsageError("{$this->definition->name} needs " . $argument->shown() . ": $argument->summary");
            }
            if ($argument->repeated) {
                $arguments[$argument->name] = $words;
                return $arguments;
            }
            $arguments[$argument->name] = array_shift($words);
        }
        if ($words !== []) {
            throw new UsageError("{$this->definition->name} takes no '$words[0]'");
        }
        return $arguments;
    }
}
