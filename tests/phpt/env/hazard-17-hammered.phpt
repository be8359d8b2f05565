--TEST--
Hazard 17: host and workers hammer the environment
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 4]);
$hammer = script(<<<'PHP'
    $end = microtime(true) + 3;
    for ($i = 0, $wrong = 0; microtime(true) < $end; $i++) {
        putenv("FZ_HAMMER_$argv[1]=" . str_repeat((string) $i, 1 + $i % 50));
        $wrong += getenv("FZ_HAMMER_$argv[1]") !== str_repeat((string) $i, 1 + $i % 50);
        $wrong += getenv('FZ_HAMMER_HOST') !== 'at start';
        getenv();
        setlocale(LC_ALL, $i % 2 ? 'C.UTF-8' : 'C');
        date_default_timezone_set($i % 2 ? 'UTC' : 'Asia/Tokyo');
        date('c'); mktime(0); localtime();
        if ($i % 100 === 0) { putenv($i % 200 ? 'TZ=UTC' : 'TZ=Asia/Tokyo'); gethostbyname('localhost'); }
    }
    return [$wrong, $i > 100];
    PHP);
putenv('FZ_HAMMER_HOST=at start');
$futures = [];
for ($i = 0; $i < 4; $i++) {
    $futures[] = $vm->startScript($hammer, [$i]);
}
for ($i = 0, $wrong = 0; array_filter($futures, fn ($future) => !$future->isDone()); $i++) {
    for ($j = 0; $j < 100; $j++) {
        putenv('FZ_HAMMER_HOST=' . str_repeat('h', 1 + ($i + $j) % 300));
        $wrong += strlen(getenv('FZ_HAMMER_HOST')) !== 1 + ($i + $j) % 300;
        putenv("FZ_NEW_$j=" . $i);
        putenv("FZ_NEW_$j");
    }
    getenv();
}
echo $wrong, json_encode(array_map(fn ($future) => $future->await()->value, $futures)), "\n";
var_dump(array_filter(array_keys(getenv()), fn ($name) => preg_match('/^FZ_HAMMER_\d/', (string) $name)));
?>
--EXPECT--
0[[0,true],[0,true],[0,true],[0,true]]
array(0) {
}
