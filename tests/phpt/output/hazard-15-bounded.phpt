--TEST--
Hazard 15: 100 MB from 8 jobs to a slow reader, in bounded memory
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 8]);
$vm->runScript(script(''));
$job = script('$line = str_repeat($argv[1], 4096); for ($i = 0; $i < 3200; $i++) echo $line; return 1;');
$counts = array_fill_keys(range('a', 'h'), 0);
$most = 0;
$chunks = 0;
ob_start(function ($chunk) use (&$counts, &$most, &$chunks) {
    foreach (count_chars($chunk, 1) as $byte => $count) {
        $counts[chr($byte)] = ($counts[chr($byte)] ?? 0) + $count;
    }
    if (++$chunks % 100 === 0) {
        $most = max($most, Probe::rss());
        usleep(1000); // a slow reader
    }
    return '';
}, 4096);
$before = Probe::rss();
$futures = [];
foreach (range('a', 'h') as $name) {
    $futures[] = $vm->startScript($job, [$name]);
}
foreach ($futures as $future) {
    $future->await();
}
ob_end_flush();
echo array_sum($counts), ' ', count(array_unique($counts)), ' ', count($counts), "\n";
$grown = ($most - $before) >> 20;
echo $grown <= 40 ? "bounded\n" : "grew by $grown MB\n";
Probe::assertSame();
?>
--EXPECT--
104857600 1 8
bounded
same
