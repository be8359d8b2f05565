<?php

/*
 * A pipeline of three stages, each on a thread of its own, with channels between them.
 *
 *     php -d extension=ffi_zts.so examples/pipeline.php
 *
 * The channels hold at most eight values: a stage that is ahead waits in send() for the next one, so memory stays flat
 * however long the input is. A stage ends its output with close(), and foreach over a channel ends with that.
 */

declare(strict_types=1);

use FfiZts\Channel;

$vm = FfiZts::boot();
[$numbers, $squares] = [new Channel(8), new Channel(8)];

// A stage is a task that runs until its input ends, so each has a thread: a pool's workers would be theirs for good as well.
$stages = [
    'read' => $vm->thread()->run(static function (Channel $out): int {
        for ($number = 1; $number <= 1000; $number++) {
            $out->send($number);
        }
        $out->close();
        return $number - 1;
    }, [$numbers]),
    'compute' => $vm->thread()->run(static function (Channel $in, Channel $out): int {
        $done = 0;
        foreach ($in as $number) {
            $out->send(['number' => $number, 'square' => $number ** 2]);
            $done++;
        }
        $out->close();
        return $done;
    }, [$numbers, $squares]),
    'collect' => $vm->thread()->run(static function (Channel $in): array {
        $sum = 0;
        foreach ($in as ['square' => $square]) {
            $sum += $square;
        }
        return ['last' => $square, 'sum' => $sum];
    }, [$squares]),
];

// A stage that fails would leave the others waiting: whoever notices closes the channels.
try {
    foreach ($stages as $name => $future) {
        echo "$name: ", json_encode($future->await(timeout: 60.0)), "\n";
    }
} finally {
    $numbers->close();
    $squares->close();
}
