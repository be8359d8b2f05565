<?php

[, $file, $rows, $me] = $argv;
$database = new SQLite3($file);
$database->enableExceptions(true);
$database->busyTimeout(60_000);
$database->exec('pragma synchronous = off');
$insert = $database->prepare('insert into t values (?, ?, ?)');
for ($n = 0; $n < $rows; $n++) {
    $insert->bindValue(1, $me);
    $insert->bindValue(2, $n);
    $insert->bindValue(3, str_repeat('g', $n % 2000));
    $insert->execute();
    if ($n % 10 === 0) {
        $second = new SQLite3($file);
        $second->busyTimeout(60_000);
        $second->querySingle('select count(*) from t');
        $second->close();
    }
}
