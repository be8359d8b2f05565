<?php

declare(strict_types=1);

/**
 * Judges what hosts have printed: php judge.php cell FILE, php judge.php control FILE, php judge.php late ARENA [CONTROL]
 *
 * `cell` prints how many vectors were tried, and in the lines behind it what is not as it should be. `control` prints a line for each vector,
 * `ok`, `FAIL` or `skip`, its name, and why; with tabs between them. `late` is of what came after jobs; it prints as `cell` does.
 */

require __DIR__ . '/load.php';

/** What a host has printed: before the JSON of its last line, and that. */
function told(string $file): array
{
    $text = rtrim((string) file_get_contents($file));
    $last = strrchr("\n$text", "\n");
    $told = json_decode(trim((string) $last), true);
    if (!is_array($told)) {
        return [$text, ['outcomes' => [], 'names' => [], 'nest' => [], 'alone' => [], 'error' => 'it said: ' . substr($text, 0, 1000)]];
    }
    return [substr($text, 0, -strlen((string) $last)), $told];
}

/** @return list<string> */
function wrong_of_cell(string $before, array $told): array
{
    $wrong = array_filter([$told['error'], str_contains($before, Arena::MARK) ? 'the mark was printed' : '']);
    foreach ($told['error'] === '' ? $told['nest'] : [] as $way) {
        $prefix = $way === 'it' ? '' : "$way > ";
        foreach (['what is allowed', ...$told['names']] as $name) {
            if (!isset($told['outcomes'][$prefix . $name])) {
                $wrong[] = "$prefix$name was not tried";
            }
        }
    }
    foreach ($told['outcomes'] as $name => $outcome) {
        [$kind] = preg_split('/[: ]/', $outcome);
        if (!in_array($kind, ['refused', 'lacks', 'late', 'allowed'], true)) {
            $wrong[] = "$name: $outcome";
        } elseif (in_array($name, $told['alone'], true) && $kind === 'refused' && !preg_match('/Allowed memory size|bailed out|belongs to no job/', $outcome)) {
            $wrong[] = "$name ended otherwise: $outcome";
        }
    }
    return $wrong;
}

/** @return list<list<string>> kind, name, why */
function lines_of_control(array $told): array
{
    $lines = $told['error'] === '' ? [] : [['FAIL', 'the control', $told['error']]];
    foreach ([...$told['names'], ...$told['alone']] as $name) {
        $vector = Vectors::all()[$name];
        $outcome = $told['outcomes'][$name] ?? 'it was not tried';
        $lines[] = match (true) {
            str_starts_with($outcome, 'lacks ') => ['skip', $name, 'the guest has no ' . substr($outcome, 6)],
            isset($vector['no control']) => $outcome === 'ESCAPED' ? ['FAIL', $name, 'it gets out, though ' . $vector['no control']] : ['skip', $name, $vector['no control']],
            $outcome === 'ESCAPED', isset($vector['late']) && $outcome === 'late' => ['ok', $name, ''],
            default => ['FAIL', $name, "with no restriction it does not get out: $outcome"],
        };
    }
    return $lines;
}

[, $what, $where] = $argv;
if ($what === 'control') {
    foreach (lines_of_control(told($where)[1]) as $line) {
        echo implode("\t", str_replace(["\t", "\n"], ' ', $line)), "\n";
    }
} elseif ($what === 'cell') {
    [$before, $told] = told($where);
    $lacking = count(array_filter($told['outcomes'], static fn (string $outcome): bool => str_starts_with($outcome, 'lacks ')));
    echo count($told['outcomes']) - $lacking - count($told['nest']), "\n", implode("\n", wrong_of_cell($before, $told)), "\n";
} else {
    // What the end of a request runs may come behind its answer.
    for ($end = microtime(true) + 10; isset($argv[3]) && count(glob("$where/in/late/*") ?: []) < 3 && microtime(true) < $end;) {
        usleep(10000);
    }
    $files = glob("$where/in/late/*") ?: [];
    $escaped = array_filter($files, static fn (string $file): bool => file_get_contents($file) === 'ESCAPED');
    if (isset($argv[3])) {
        $wrong = count($escaped) < 3 ? ['with no restriction ' . count($escaped) . ' got out'] : [];
    } else {
        $wrong = array_map(static fn (string $file): string => basename($file) . ' got out', $escaped);
    }
    echo count($files), "\n", implode("\n", $wrong), "\n";
}
