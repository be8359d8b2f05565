<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** php.ini lines from `-d` options (php-src main/php_ini_builder.c, php_ini_builder_define). */
final class IniText
{
    private string $text = '';

    /** Takes what followed one `-d`: `name`, `name=`, `name=value`. */
    public function define(string $argument): void
    {
        [$name, $value] = explode('=', $argument, 2) + [1 => null];
        $this->text .= match (true) {
            $value === null => "$name=1\n",
            // Only such a value is quoted: anything else may be meant as an ini expression.
            preg_match('/^[^a-zA-Z0-9"\']/', $value) === 1 => "$name=\"$value\"\n",
            default => "$name=$value\n",
        };
    }

    public function __toString(): string
    {
        return $this->text;
    }
}
