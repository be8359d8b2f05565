--TEST--
Several scripts run at the same time: each waits for all the others before it ends
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 6]);
$meet = script(<<<'PHP'
    [, $directory, $number, $all] = $argv;
    touch("$directory/here-$number");
    $until = microtime(true) + 30;
    while (count(glob("$directory/here-*")) < $all) {
        if (microtime(true) > $until) {
            return 'alone';
        }
        usleep(500);
    }
    return (int) basename(readlink('/proc/thread-self'));
    PHP);
$futures = [];
for ($i = 0; $i < 6; $i++) {
    $futures[] = $vm->startScript($meet, [tmp(), $i, 6]);
}
$threads = array_map(fn ($future) => $future->await()->value, $futures);
echo in_array('alone', $threads, true) ? 'not at the same time' : count(array_unique($threads)) . ' threads', "\n";
var_dump(in_array(getmypid(), $threads, true));
// More jobs than threads: all are done, in order of submission where there is one thread.
$numbers = [];
$number = script('return (int) $argv[1];');
for ($i = 0; $i < 200; $i++) {
    $futures[$i] = $vm->startScript($number, [$i]);
}
foreach ($futures as $future) {
    $numbers[] = $future->await()->value;
}
var_dump($numbers === range(0, 199), count($vm->info()['workers']));
Probe::assertSame();
?>
--EXPECT--
6 threads
bool(false)
bool(true)
int(6)
same
