<?php

declare(strict_types=1);

namespace FfiZts\Install;

use RuntimeException;

/** The text of a php.ini to which a line for the whole PHP is added. */
final class IniFile
{
    /** Below such a heading a line is of one directory or host, and extensions are not loaded (php-src main/php_ini.c). */
    private const SPECIAL = '/^\[[ \t]*["\']?(?:PATH|HOST)/i';

    private function __construct(private readonly string $path, private readonly string $text)
    {
    }

    /**
     * Reads a file that need not exist.
     *
     * @throws RuntimeException where it cannot be read
     */
    public static function read(string $path): self
    {
        $text = is_file($path) ? @file_get_contents($path) : '';
        if ($text === false) {
            throw new RuntimeException("cannot read $path: " . (error_get_last()['message'] ?? 'unknown'));
        }
        return new self($path, $text);
    }

    /** Whether the line stands where it holds for the whole PHP. */
    public function has(string $line): bool
    {
        return in_array($line, array_map(trim(...), $this->split()[0]), true);
    }

    /**
     * The text with the line: at its end, or before the first heading of a directory or host.
     *
     * @throws RuntimeException for what PHP could not read either: a line behind an open quote would be part of a value
     */
    public function with(string $line): string
    {
        error_clear_last();
        if (@parse_ini_string($this->text, true) === false) {
            $message = error_get_last()['message'] ?? 'a syntax error';
            throw new RuntimeException("{$this->path} is no ini file that PHP can read (" . trim($message) . '): mend it first');
        }
        [$general, $special] = $this->split();
        $text = implode('', $general);
        $text .= $text === '' || str_ends_with($text, "\n") ? '' : "\n";
        return "$text$line\n" . implode('', $special);
    }

    /** A value as php.ini wants it: in single quotes nothing stands for something else. */
    public static function quote(string $value): string
    {
        if (preg_match('~^[\w./+-]+$~D', $value) === 1) {
            return $value;
        }
        $parts = preg_split("~('+)~", $value, -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY) ?: [];
        return implode('', array_map(static fn (string $part): string => $part[0] === "'" ? "\"$part\"" : "'$part'", $parts));
    }

    /** @return array{list<string>, list<string>} the lines for the whole PHP, and those from the first special heading on */
    private function split(): array
    {
        $lines = preg_split('/(?<=\n)/', $this->text, -1, PREG_SPLIT_NO_EMPTY) ?: [];
        foreach ($lines as $number => $line) {
            if (preg_match(self::SPECIAL, $line) === 1) {
                return [array_slice($lines, 0, $number), array_slice($lines, $number)];
            }
        }
        return [$lines, []];
    }
}
