<?php

declare(strict_types=1);

/**
 * The tables of vectors/: name => [what holds it, a closure that gets out, …].
 *
 * A vector has got out when the closure returns true or a text with the mark. What holds it is one of `basedir`, `functions`, `classes`,
 * `memory`, `fixed` (a limit of memory that no script may raise), `urls`, `ffi`, `dl` and `sapi`, the name of a command line. Further keys:
 *  - needs: extensions and functions without which there is nothing to try, in one text
 *  - alone: it may end its job
 *  - late: it tells by Arena::late(), after the job
 *  - no control: why it does not get out where nothing is restricted
 */
final class Vectors
{
    /** In this order: a setting of open_basedir that works stays. */
    private const TABLES = ['files', 'links', 'wrappers', 'libraries', 'functions', 'jobs', 'settings'];

    /** @return array<string, array> */
    public static function all(): array
    {
        static $all;
        if ($all === null) {
            $all = [];
            foreach (self::TABLES as $name) {
                $table = table(__DIR__ . "/vectors/$name.php");
                if (array_intersect_key($all, $table) !== []) {
                    throw new LogicException("$name has names that are taken");
                }
                $all += $table;
            }
        }
        return $all;
    }

    /**
     * @param list<string> $held
     *
     * @return list<string>
     */
    public static function names(array $held, bool $alone): array
    {
        return array_keys(array_filter(self::all(), static fn (array $vector): bool => in_array($vector[0], $held, true) && isset($vector['alone']) === $alone));
    }

    /** What this PHP lacks for the vector. */
    public static function lacks(array $vector): string
    {
        foreach (explode(' ', $vector['needs'] ?? 'standard') as $name) {
            if (!extension_loaded($name) && !function_exists($name) && !class_exists($name, false)) {
                return $name;
            }
        }
        return '';
    }
}
