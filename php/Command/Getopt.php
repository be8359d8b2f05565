<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** PHP's own option parser, rule by rule (php-src main/getopt.c and the table of sapi/cli/php_cli.c). */
final class Getopt
{
    /** Returned in place of an option that is not one; `$problem` tells why. */
    public const INVALID = 'invalid';

    /** Long name => [what it is returned as, whether a value follows]. A short name is a name of one letter. */
    private const TABLE = [
        'a' => ['a', false], 'interactive' => ['a', false],
        'B' => ['B', true], 'process-begin' => ['B', true],
        'C' => ['C', false], 'no-chdir' => ['C', false],
        'c' => ['c', true], 'php-ini' => ['c', true],
        'd' => ['d', true], 'define' => ['d', true],
        'E' => ['E', true], 'process-end' => ['E', true],
        'e' => ['e', false], 'profile-info' => ['e', false],
        'F' => ['F', true], 'process-file' => ['F', true],
        'f' => ['f', true], 'file' => ['f', true],
        'h' => ['h', false], 'help' => ['h', false],
        'i' => ['i', false], 'info' => ['i', false],
        'l' => ['l', false], 'syntax-check' => ['l', false],
        'm' => ['m', false], 'modules' => ['m', false],
        'n' => ['n', false], 'no-php-ini' => ['n', false],
        'q' => ['q', false], 'no-header' => ['q', false],
        'R' => ['R', true], 'process-code' => ['R', true],
        'H' => ['H', false], 'hide-args' => ['H', false],
        'r' => ['r', true], 'run' => ['r', true],
        's' => ['s', false], 'syntax-highlight' => ['s', false], 'syntax-highlighting' => ['s', false],
        'S' => ['S', true], 'server' => ['S', true],
        't' => ['t', true], 'docroot' => ['t', true],
        'w' => ['w', false], 'strip' => ['w', false],
        '?' => ['h', false], 'usage' => ['h', false],
        'v' => ['v', false], 'version' => ['v', false],
        'z' => ['z', true], 'zend-extension' => ['z', true],
        'rf' => ['rf', true], 'rfunction' => ['rf', true],
        'rc' => ['rc', true], 'rclass' => ['rc', true],
        're' => ['re', true], 'rextension' => ['re', true],
        'rz' => ['rz', true], 'rzendextension' => ['rz', true],
        'ri' => ['ri', true], 'rextinfo' => ['ri', true],
        'ini' => ['ini', false],
        'repeat' => ['repeat', true],
    ];

    /** Index of the first argument that is not an option, once next() has returned null. */
    public int $index = 0;

    /** Why the last option was invalid, in the words of php-cli. */
    public string $problem = '';

    /** Position within a group of short options such as -nq; 0 outside of one. */
    private int $position = 0;

    /** @param list<string> $arguments without the program's name */
    public function __construct(private readonly array $arguments)
    {
    }

    /** @return ?array{string, ?string} the option and its value; null at the end of the options */
    public function next(): ?array
    {
        $argument = $this->arguments[$this->index] ?? null;
        if ($argument === null) {
            return null;
        }
        if ($this->position === 0) {
            if ($argument === '--') {
                $this->index++;
                return null;
            }
            if ($argument === '' || $argument[0] !== '-' || $argument === '-') {
                return null;
            }
            if ($argument[1] === '-') {
                return $this->long($argument);
            }
            $this->position = 1;
        }
        return $this->short($argument);
    }

    /** @return array{string, ?string} */
    private function long(string $argument): array
    {
        $end = strpos($argument, '=', 2);
        $name = substr($argument, 2, $end === false ? null : $end - 2);
        // A single letter is no long name, though the same table holds both.
        if (strlen($name) < 2 || !isset(self::TABLE[$name])) {
            return $this->invalid($this->index++, 0, 'no argument for option -');
        }
        [$option, $hasValue] = self::TABLE[$name];
        if (!$hasValue) {
            $this->index++;
            return [$option, null];
        }
        return $this->value($option, $argument, $end === false ? strlen($argument) : $end, 0);
    }

    /** @return array{string, ?string} */
    private function short(string $argument): array
    {
        $position = $this->position;
        $letter = $argument[$position];
        if ($letter === ':') {
            $this->position = 0;
            return $this->invalid($this->index++, $position, ': in flags');
        }
        $known = self::TABLE[$letter] ?? null;
        if ($known !== null && $known[1]) {
            $this->position = 0;
            return $this->value($known[0], $argument, $position + 1, $position);
        }
        $index = $this->index;
        if (isset($argument[$position + 1])) {
            $this->position++;
        } else {
            $this->position = 0;
            $this->index++;
        }
        return $known === null
            ? $this->invalid($index, $position, "option not found $letter")
            : [$known[0], null];
    }

    /** @return array{string, ?string} */
    private function value(string $option, string $argument, int $start, int $position): array
    {
        $index = $this->index++;
        if (isset($argument[$start])) {
            return [$option, substr($argument, $argument[$start] === '=' ? $start + 1 : $start)];
        }
        $value = $this->arguments[$this->index] ?? null;
        if ($value === null) {
            return $this->invalid($index, $position, 'no argument for option ' . ($position === 0 ? '-' : $argument[$position]));
        }
        $this->index++;
        return [$option, $value];
    }

    /** @return array{string, ?string} */
    private function invalid(int $index, int $position, string $why): array
    {
        // php-cli counts its own name as argument 0, and characters from 1.
        $this->problem = sprintf('Error in argument %d, char %d: %s', $index + 1, $position + 1, $why);
        return [self::INVALID, null];
    }
}
