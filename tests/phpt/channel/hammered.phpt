--TEST--
Eight scripts hammer one channel: every value arrives once, in the order of its sender
--FILE--
<?php
require __DIR__ . '/../support.inc';

use FfiZts\Channel;

const EACH = 3000;
$vm = FfiZts::boot(['threads' => 8]);
$sender = script('$c = FfiZts\Channel::open("work"); for ($i = 0; $i < $argv[2]; $i++) { $c->send([$argv[1], $i]); }');
$receiver = script(<<<'PHP'
    [$c, $last, $sum, $count] = [FfiZts\Channel::open('work'), [], 0, 0];
    foreach ($c as [$from, $i]) {
        if ($i <= ($last[$from] ?? -1)) {
            return "out of order: $i from $from";
        }
        $last[$from] = $i;
        $sum += $i;
        $count++;
    }
    return [$count, $sum];
    PHP);
foreach ([0, 1, 7, -1] as $capacity) {
    $work = Channel::make('work', $capacity);
    $senders = $receivers = [];
    for ($i = 0; $i < 4; $i++) {
        $receivers[] = $vm->startScript($receiver);
        $senders[] = $vm->startScript($sender, [(string) $i, (string) EACH]);
    }
    foreach ($senders as $future) {
        $future->await();
    }
    $work->close();
    [$count, $sum] = [0, 0];
    foreach ($receivers as $future) {
        $got = $future->await()->value;
        is_array($got) || die($got);
        $count += $got[0];
        $sum += $got[1];
    }
    var_dump($count === 4 * EACH && $sum === 4 * array_sum(range(0, EACH - 1)));
    unset($work);
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
