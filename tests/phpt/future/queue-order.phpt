--TEST--
With one thread jobs run in the order in which they were started, never two at once
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$job = script('$f = fopen($argv[1], "a+"); if (!flock($f, LOCK_EX | LOCK_NB)) return "two at once"; fwrite($f, "$argv[2] "); usleep(100); return flock($f, LOCK_UN);');
$futures = [];
for ($i = 0; $i < 50; $i++) {
    $futures[] = $vm->startScript($job, [tmp('log'), $i]);
}
foreach (array_reverse($futures) as $future) {
    if ($future->await()->value !== true) {
        echo "two at once\n";
    }
}
echo file_get_contents(tmp('log')) === implode(' ', range(0, 49)) . ' ' ? "in order\n" : file_get_contents(tmp('log'));
?>
--EXPECT--
in order
