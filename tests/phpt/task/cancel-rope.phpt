--TEST--
A job that is stopped between the parts of an interpolated string: nothing is freed that others hold (php-src takes the part that is not there yet for one)
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$begun = new FfiZts\Channel();
$seen = new FfiZts\Channel(10);
// A variable that is no argument: what a throwable knows of its calls would hold it, too.
$tasks = [
    // The loop's jump leads to the first part; a call of usleep() to the next.
    'the first part' => function (string $text, $begun, $seen) {
        $own = str_repeat($text, 100);
        try { $begun->send(1); while (true) { $line = "$own $own"; } } finally { $other = str_repeat('other', 20); $seen->send($own); }
    },
    'a later part' => function (string $text, $begun, $seen) {
        $own = str_repeat($text, 100);
        $wait = 'usleep';
        try { $begun->send(1); while (true) { $line = "$own $own{$wait(200)} $own"; } } finally { $other = str_repeat('other', 20); $seen->send($own); }
    },
    // In its first round there is nothing in the slot, or what another call left there.
    'the first round' => function (string $text, $begun, $seen) {
        $own = str_repeat($text, 100);
        $begun->send(1);
        while (true) { try { if (!isset($wait)) { $wait = 1; usleep(20000000); } else { break; } $line = "$own $own"; } finally { $seen->send($own); } }
    },
];
foreach ($tasks as $name => $task) {
    $wrong = 0;
    for ($i = 0; $i < 40; $i++) {
        $future = $vm->run($task, ["$i", $begun, $seen]);
        $begun->recv(10);
        usleep(1000);
        $future->cancel(10);
        $wrong += $seen->recv(10) !== str_repeat("$i", 100);
    }
    echo "$name: $wrong wrong\n";
}
echo $vm->run(fn () => 'alive')->await(), "\n";
?>
--EXPECT--
the first part: 0 wrong
a later part: 0 wrong
the first round: 0 wrong
alive
