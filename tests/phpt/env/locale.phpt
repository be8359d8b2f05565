--TEST--
setlocale() in the guest has php's results; the locale of the host when a job starts is the job's
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$code = <<<'PHP'
    $seen = [];
    foreach ([[LC_ALL, '0'], [LC_ALL, 'C.UTF-8'], [LC_CTYPE, '0'], [LC_ALL, '0'], [LC_ALL, 'xx_XX'], [LC_ALL, ['xx_XX', 'C.UTF-8', 'C']], [LC_NUMERIC, 'C'],
        [LC_ALL, '0'], [LC_ALL, 'xx', 'C'], [LC_CTYPE, 'C.UTF-8'], [LC_ALL, '0'], [LC_ALL, 'POSIX'], [LC_ALL, null], [LC_ALL, str_repeat('x', 300)]] as $args) {
        $seen[] = @setlocale(...$args);
    }
    $seen[] = ucfirst("\xe9"); $seen[] = strtolower('ABC'); $seen[] = sprintf('%.2f', 1.5); $seen[] = localeconv()['decimal_point'];
    try { setlocale(LC_ALL); } catch (Error $e) { $seen[] = get_class($e); }
    return array_map(bin2hex(...), array_map(strval(...), array_map(json_encode(...), $seen)));
    PHP;
$guest = FfiZts::boot()->runScript(script($code))->value;
$file = script(str_replace('return array_map', 'echo json_encode(array_map', rtrim($code, ';')) . ');');
$host = json_decode(run([PHP_BINARY, '-n', $file], environment: ['PATH' => '/usr/bin:/bin'] + getenv())['out'], true);
foreach ($host as $i => $value) {
    if ($guest[$i] !== $value) {
        echo "$i: php ", hex2bin($value), ', guest ', hex2bin($guest[$i]), "\n";
    }
}
echo count($host), "\n";
Probe::assertSame();
?>
--EXPECT--
19
same
