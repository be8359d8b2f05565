<?php

/*
 * A page for php-fpm (examples/fpm/README.md says how to serve it): part of it is made by a script in the guest.
 *
 * The guest is booted by the first request that a child process serves, and kept. Options that choose native code
 * are not for a page to give: they stand in php.ini as ffi_zts.* settings.
 */

declare(strict_types=1);

$name = $_GET['name'] ?? 'Somebody';

header('Content-Type: text/html; charset=utf-8');
echo "<!doctype html>\n<title>ffi_zts</title>\n";

$result = FfiZts::boot()->runScript(__DIR__ . '/workers/report.php', [$name]);

echo "<p>The name has $result->value bytes; the script ended with status $result->exitCode.</p>\n";
