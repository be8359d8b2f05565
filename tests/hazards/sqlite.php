<?php

// Host and guests write to one database at once (HAZARDS 21). Arguments: file, rows of each writer.
declare(strict_types=1);

[, $file, $rows] = $argv;
$open = static function () use ($file): PDO {
    $database = new PDO("sqlite:$file");
    $database->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
    $database->setAttribute(PDO::ATTR_TIMEOUT, 60);
    return $database;
};
$database = $open();
$database->exec('pragma journal_mode = delete; pragma synchronous = off; create table t (who text, n int, filler text)');
$vm = FfiZts::boot(['threads' => 3]);
$futures = [];
for ($i = 0; $i < 3; $i++) {
    $futures[] = $vm->startScript(__DIR__ . '/parts/sqlite.php', [$file, $rows, "guest$i"]);
}
$insert = $database->prepare('insert into t values (?, ?, ?)');
for ($n = 0; $n < (int) $rows; $n++) {
    $insert->execute(['host', $n, str_repeat('h', $n % 2000)]);
    if ($n % 10 === 0) {
        // A second handle that is closed: where there are two SQLites, this drops the other one's locks.
        $second = $open();
        $second->query('select count(*) from t')->fetchColumn();
        $second = null;
    }
}
foreach ($futures as $future) {
    $future->await(120.0);
}
echo $database->query('pragma integrity_check')->fetchColumn(), ' ',
    $database->query('select count(*) from t')->fetchColumn() === 4 * (int) $rows ? 'complete' : 'rows are missing', "\n";
