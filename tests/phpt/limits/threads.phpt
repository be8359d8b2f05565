--TEST--
threads is an upper limit: workers are made on demand and kept; idle ones use no processor time
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 4]);
$empty = script('');
for ($i = 0; $i < 10; $i++) {
    $vm->runScript($empty);
}
echo count($vm->info()['workers']), "\n";
$futures = [];
$meet = script('touch("$argv[1]/here-$argv[2]"); while (count(glob("$argv[1]/here-*")) < 4) usleep(500);');
for ($i = 0; $i < 4; $i++) {
    $futures[] = $vm->startScript($meet, [tmp(), $i]);
}
foreach ($futures as $future) {
    $future->await(30);
}
for ($i = 0; $i < 40; $i++) {
    $futures[] = $vm->startScript($empty);
}
foreach ($futures as $future) {
    $future->await(30);
}
echo count($vm->info()['workers']), "\n";
$ticks = function () {
    $sum = 0;
    foreach (glob('/proc/self/task/*/stat') as $file) {
        if (basename(dirname($file)) !== (string) getmypid()) {
            $fields = explode(' ', substr(strrchr(file_get_contents($file), ')'), 2));
            $sum += $fields[11] + $fields[12];
        }
    }
    return $sum;
};
usleep(100000);
$before = $ticks();
usleep(1000000);
$used = $ticks() - $before;
echo $used <= 2 ? "idle\n" : "idle threads used $used ticks in a second\n";
?>
--EXPECT--
1
4
idle
