<?php

declare(strict_types=1);

/** Tries vectors in this PHP. */
final class Probe
{
    /**
     * @param list<string> $names
     *
     * @return array<string, string> what became of each
     */
    public static function run(Arena $arena, array $names): array
    {
        $all = Vectors::all();
        $outcomes = [];
        foreach ($names as $name) {
            $outcomes[$name] = self::attempt($arena->of($name), $all[$name]);
        }
        return $outcomes;
    }

    /** `ESCAPED`, `refused: …`, `late`, or `lacks …` */
    public static function attempt(Arena $at, array $vector): string
    {
        $lacks = Vectors::lacks($vector);
        if ($lacks !== '') {
            return "lacks $lacks";
        }
        $said = '';
        set_error_handler(static function (int $level, string $text) use (&$said): bool {
            $said = $text;
            return true;
        });
        ob_start();
        try {
            $got = $vector[1]($at);
        } catch (Throwable $e) {
            [$got, $said] = [null, $e::class . ': ' . $e->getMessage()];
        } finally {
            $printed = ob_get_clean();
            restore_error_handler();
        }
        return match (true) {
            Arena::escaped($got), Arena::escaped($printed) => 'ESCAPED',
            isset($vector['late']) && $said === '' => 'late',
            default => 'refused: ' . strtok(str_replace(Arena::MARK, '', $said) . "\n", "\n"),
        };
    }
}
