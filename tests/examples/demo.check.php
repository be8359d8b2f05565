<?php

/* Reads the output of examples/demo.php from standard input; says what is wrong with it and ends with status 1. */

declare(strict_types=1);

$output = (string) stream_get_contents(STDIN);
$row = '/^(host|script \d) +pid (\d+)  thread (\d+)  PHP [\w.+~-]+  PHP_ZTS=(\d)(?:  (\d+) primes from (\d+) on)?$/m';
preg_match_all($row, $output, $rows, PREG_SET_ORDER | PREG_UNMATCHED_AS_NULL);

$problems = [];
$expect = static function (bool $holds, string $what) use (&$problems): void {
    if (!$holds) {
        $problems[] = $what;
    }
};
$expect(array_column($rows, 1) === ['host', 'script 1', 'script 2', 'script 3', 'script 4'], 'one row for the host and for each of four scripts');
$expect(count(array_unique(array_column($rows, 2))) === 1, 'all in one process');
$expect(count(array_unique(array_column($rows, 3))) === 5, 'five different threads');
$expect(array_column($rows, 4) === ['0', '1', '1', '1', '1'], 'a host that is not thread-safe and guests that are');
$expect(array_column($rows, 5) === [null, '2262', '1941', '1854', '1780'], 'the right primes');
$expect(str_ends_with($output, "4 scripts ran at once, in one process, on a thread each: 7837 primes.\n"), 'the closing line');

foreach ($problems as $problem) {
    echo "expected: $problem\n";
}
exit($problems === [] ? 0 : 1);
