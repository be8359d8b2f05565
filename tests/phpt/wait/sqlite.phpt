--TEST--
SQLite's limit of waiting for a lock is what it was, and so is its pragma; a query that a stop ended leaves its connection usable
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if ($why = other_minor()) die("skip $why");
if (!FfiZts::boot()->run('extension_loaded', ['sqlite3'])->await()) { die('skip no SQLite in the guest'); } ?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1, 'shutdown_timeout' => 60.0]);
echo $vm->run(static function (string $file): string {
    $one = new SQLite3($file);
    $one->exec('CREATE TABLE t (x); BEGIN EXCLUSIVE');
    $two = new SQLite3($file);
    $two->busyTimeout(200);
    $said = $two->querySingle('PRAGMA busy_timeout') . "\n";
    $start = hrtime(true);
    @$two->exec('BEGIN EXCLUSIVE');
    $said .= (hrtime(true) - $start >= 190e6 ? '0.2 s: ' : 'too soon: ') . $two->lastErrorMsg() . "\n";
    $two->busyTimeout(0);
    @$two->exec('BEGIN EXCLUSIVE');
    return "{$said}at once: {$two->lastErrorMsg()}\n";
}, [tmp('database')])->await();
$future = $vm->run(static function (string $started, string $said): void {
    $database = new SQLite3(':memory:');
    $database->exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)');
    touch($started);
    try {
        $database->querySingle('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c');
    } finally {
        file_put_contents($said, 'finally: ' . json_encode([$database->querySingle('PRAGMA integrity_check'), $database->querySingle('SELECT x FROM t')]) . "\n");
    }
}, [tmp('started'), tmp('said')]);
started($future, tmp('started'));
echo json_encode($future->cancel()), "\n", file_get_contents(tmp('said'));
?>
--EXPECT--
200
0.2 s: database is locked
at once: database is locked
true
finally: ["ok",1]
