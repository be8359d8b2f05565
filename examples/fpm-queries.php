<?php

/*
 * A page for php-fpm (examples/fpm/README.md says how to serve it) that runs three SQLite queries at once.
 *
 * A database handle cannot go to another thread, so each worker opens its own, by a function of the file that it runs first:
 * its bootstrap. It keeps the handle from task to task, in a static variable, until this request of the host ends. The threads
 * stay for the next request; what a page leaves in them does not.
 */

declare(strict_types=1);

$database = $_SERVER['SHOP_DATABASE'] ?? sys_get_temp_dir() . '/ffi_zts-shop.sqlite';

$vm = FfiZts::boot(['threads' => 3, 'bootstrap' => __DIR__ . '/workers/database.php']);
$vm->run('fillDatabase', [$database])->await();

$queries = [
    'orders' => ['SELECT count(*) FROM orders', []],
    'revenue' => ['SELECT sum(amount) FROM orders WHERE customer = ?', [(int) ($_GET['customer'] ?? 1)]],
    'largest' => ['SELECT max(amount) FROM orders', []],
];
foreach ($queries as $name => [$sql, $values]) {
    $futures[$name] = $vm->run('queryDatabase', [$database, $sql, $values]);
}

header('Content-Type: text/plain; charset=utf-8');
foreach ($futures as $name => $future) {
    try {
        echo "$name: ", $future->await(timeout: 5.0), "\n";
    } catch (FfiZts\TimeoutException) {
        $future->cancel();
        echo "$name: not today\n";
    }
}
