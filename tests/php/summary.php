<?php

/*
 * Prints `N passed, N failed, N skipped` from PHPUnit's JUnit log.
 * Arguments: the log, PHPUnit's exit status. Needs no extension: it may run under `php -n`.
 */

declare(strict_types=1);

[, $file, $status] = $argv;
$log = is_file($file) ? (string) file_get_contents($file) : '';
$suite = preg_match('/<testsuite [^>]*>/', $log, $match) === 1 ? $match[0] : '';
$count = static fn (string $name): int => preg_match("/ $name=\"(\d+)\"/", $suite, $match) === 1 ? (int) $match[1] : 0;

$failed = $count('failures') + $count('errors');
$skipped = $count('skipped');
$passed = $count('tests') - $failed - $skipped;
if ((int) $status !== 0 && $failed === 0) {
    echo "phpunit ended with status $status\n";
    $failed = 1;
}
echo "$passed passed, $failed failed, $skipped skipped\n";
exit($failed === 0 && $passed > 0 ? 0 : 1);
