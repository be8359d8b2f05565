<?php

declare(strict_types=1);

/**
 * A row of boots.php in a host: its outcome, in a line behind what it has printed. Arguments, or the query: key=value.
 *
 * arena; name, encoded by base64; control: nothing is confined. Without a name: a line for each row, what tells scripts/run-policy.sh.
 */

require __DIR__ . '/load.php';

$given = [];
parse_str(isset($argv[1]) ? implode('&', array_slice($argv, 1)) : ($_SERVER['QUERY_STRING'] ?? ''), $given);
$boots = table(__DIR__ . '/boots.php');
if (!isset($given['name'])) {
    foreach ($boots as $name => $row) {
        $control = $row[1] ?? '';
        echo implode("\t", [$name, rtrim(strtr(base64_encode($name), '+/', '-_'), '='), $row['under'] ?? 'all', isset($row['late']) ? 'late' : 'before', ($row['needs native'] ?? false) ? 'native' : 'any',
            is_array($control) ? "environment $control[0]" : ($control === '' ? 'control' : "none $control")]), "\n";
    }
    exit;
}
$name = base64_decode(strtr($given['name'], '-_', '+/'));
$arena = (new Arena($given['arena'], 'boot', '', isset($given['control'])))->of($name);
$outcome = Probe::attempt($arena, ['basedir', $boots[$name][0]]);
echo "\n$outcome\n";
