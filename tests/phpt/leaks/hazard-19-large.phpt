--TEST--
Large values, large output and large failures are given back; memory of a guest that took much is not kept for good
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 2, 'ini' => ['memory_limit' => '256M']]);
$jobs = [
    script('return str_repeat("x", 8 << 20);'),
    script('return array_fill(0, 200000, "abc");'),
    script('echo str_repeat("x", 8 << 20);'),
    script('$a = []; while (true) $a[] = str_repeat("x", 1 << 20);'),
    script('throw new Exception(str_repeat("x", 4 << 20));'),
    script('$a = range(1, 1000000); $b = $a; $b[] = 1; return count($b);'),
];
$round = function () use ($vm, $jobs) {
    foreach ($jobs as $job) {
        ob_start();
        try { $vm->runScript($job); } catch (Throwable) {}
        ob_end_clean();
    }
};
for ($i = 0; $i < 5; $i++) {
    $round();
}
$rss = Probe::rss();
for ($i = 0; $i < 20; $i++) {
    $round();
}
$grown = Probe::rss() - $rss;
echo $grown <= 24 << 20 ? "flat\n" : sprintf("grew by %.1f MB\n", $grown / (1 << 20));
?>
--EXPECT--
flat
