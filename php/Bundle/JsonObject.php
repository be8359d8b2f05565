<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** A JSON object whose members are read with their types; what does not fit is refused by the member's path. */
final class JsonObject
{
    /** @param array<mixed> $members */
    private function __construct(private readonly array $members, private readonly string $file, private readonly string $path)
    {
    }

    /**
     * @param string $file what the text is called in messages
     *
     * @throws InstallError
     */
    public static function parse(string $json, string $file): self
    {
        try {
            $value = json_decode($json, false, 16, JSON_THROW_ON_ERROR);
        } catch (\JsonException $error) {
            throw InstallError::verification("$file is no JSON: {$error->getMessage()}");
        }
        if (!$value instanceof \stdClass) {
            throw InstallError::verification("$file holds no JSON object");
        }
        return new self(get_object_vars($value), $file, '');
    }

    public function string(string $name, string $pattern = '/^[^\0]+$/D'): string
    {
        $value = $this->member($name);
        if (!is_string($value) || preg_match($pattern, $value) !== 1) {
            throw $this->wrong($name, 'is not what it has to be', $value);
        }
        return $value;
    }

    /** A SHA-256 in lower-case hexadecimal digits. */
    public function sha256(string $name): string
    {
        return $this->string($name, '/^[0-9a-f]{64}$/D');
    }

    public function integer(string $name, int $least, int $most): int
    {
        $value = $this->member($name);
        if (!is_int($value) || $value < $least || $value > $most) {
            throw $this->wrong($name, "is no number from $least to $most", $value);
        }
        return $value;
    }

    public function boolean(string $name): bool
    {
        $value = $this->member($name);
        return is_bool($value) ? $value : throw $this->wrong($name, 'is neither true nor false', $value);
    }

    public function object(string $name): self
    {
        $value = $this->member($name);
        return $value instanceof \stdClass
            ? new self(get_object_vars($value), $this->file, $this->at($name))
            : throw $this->wrong($name, 'is no object', $value);
    }

    /** @return list<string> each fits the pattern */
    public function strings(string $name, string $pattern = '/^[^\0]+$/D'): array
    {
        $value = $this->member($name);
        if (!is_array($value)) {
            throw $this->wrong($name, 'is no list', $value);
        }
        foreach ($value as $item) {
            if (!is_string($item) || preg_match($pattern, $item) !== 1) {
                throw $this->wrong($name, 'holds an item that is not what it has to be', $item);
            }
        }
        return array_values($value);
    }

    /** @return list<string> */
    public function names(): array
    {
        return array_map(strval(...), array_keys($this->members));
    }

    private function member(string $name): mixed
    {
        if (!array_key_exists($name, $this->members)) {
            throw InstallError::verification("{$this->file} has no \"{$this->at($name)}\"");
        }
        return $this->members[$name];
    }

    private function at(string $name): string
    {
        return $this->path === '' ? $name : "{$this->path}.$name";
    }

    private function wrong(string $name, string $what, mixed $value): InstallError
    {
        $flags = JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
        $text = is_scalar($value) || $value === null ? ': ' . substr((string) json_encode($value, $flags), 0, 80) : '';
        return InstallError::verification("{$this->file}: \"{$this->at($name)}\" $what$text");
    }
}
