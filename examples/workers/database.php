<?php

declare(strict_types=1);

/** Makes the database, if it is not there; it appears as a whole. */
function fillDatabase(string $file): void
{
    if (is_file($file)) {
        return;
    }
    $new = $file . '.' . bin2hex(random_bytes(6));
    $database = new PDO("sqlite:$new");
    $database->exec('CREATE TABLE orders (customer INTEGER, amount INTEGER)');
    $database->exec('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) INSERT INTO orders SELECT i % 10, i FROM n');
    unset($database);
    rename($new, $file);
}

/** A connection of this thread, opened once. */
function openDatabase(string $file): PDO
{
    static $open = [];
    return $open[$file] ??= new PDO("sqlite:$file", null, null, [PDO::ATTR_TIMEOUT => 5]);
}

/** The first column of the first row. */
function queryDatabase(string $file, string $sql, array $values): mixed
{
    $statement = openDatabase($file)->prepare($sql);
    $statement->execute($values);
    return $statement->fetchColumn();
}
