<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** What a command was given, by the names of its definition. */
final class Input
{
    /**
     * @param array<string, string|list<string>|null>      $arguments
     * @param array<string, string|list<string>|bool|null> $options
     */
    public function __construct(private readonly array $arguments, private readonly array $options)
    {
    }

    /** The argument; null where it was not given. */
    public function argument(string $name): ?string
    {
        $value = $this->arguments[$name] ?? null;
        return is_string($value) ? $value : null;
    }

    /** @return list<string> */
    public function arguments(string $name): array
    {
        return array_values((array) ($this->arguments[$name] ?? []));
    }

    /** The value of an option; null where it was not given. */
    public function value(string $name): ?string
    {
        $value = $this->options[$name] ?? null;
        return is_string($value) ? $value : null;
    }

    /** @return list<string> */
    public function values(string $name): array
    {
        return array_values((array) ($this->options[$name] ?? []));
    }

    public function has(string $name): bool
    {
        return ($this->options[$name] ?? false) === true;
    }
}
