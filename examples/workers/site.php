<?php

/* A site for examples/crawler.php, served by `php -S`: page N links to the pages 2N and 2N + 1, and to places elsewhere. */

declare(strict_types=1);

$number = (int) substr($_SERVER['REQUEST_URI'], 1) ?: 1;
if ($number > 12) {
    http_response_code(404);
    echo '<title>Not here</title>';
    return;
}
usleep(20_000); // as if it were far away
$links = '';
foreach (['/' . 2 * $number, '/' . 2 * $number + 1, "/$number", 'http://elsewhere.invalid/'] as $address) {
    $links .= "<a href=\"$address\">$address</a> ";
}
echo "<!doctype html><title>Page $number</title>$links";
