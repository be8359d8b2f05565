<?php

/*
 * An event loop that goes on ticking while scripts run: stream_select() over the futures' streams.
 *
 *     php -d extension=ffi_zts.so examples/event-loop.php
 *
 * To show that the loop is not held up, each script waits for something that the loop does at one of its ticks.
 * FfiZts\EventLoop\Revolt and React do the same in those loops; examples/server.php has sockets beside the futures.
 */

declare(strict_types=1);

const TICK = 10_000; // microseconds

$name = sys_get_temp_dir() . '/ffi_zts-loop-' . bin2hex(random_bytes(6));
$vm = FfiZts::boot(['threads' => 2]);

$due = ['first' => 3, 'second' => 6]; // the tick from which on the loop has something for a script
$futures = $streams = [];
foreach (array_keys($due) as $script) {
    $futures[$script] = $vm->startScript(__DIR__ . '/workers/wait-for.php', ["$name-$script"]);
    $streams[$script] = $futures[$script]->getStream();
}

$ticks = 0;
$next = hrtime(true);
while ($streams !== []) {
    $wait = max(0, intdiv($next - hrtime(true), 1000));
    $ready = $streams;
    $none = null;
    if (stream_select($ready, $none, $none, 0, $wait) > 0) {
        foreach (array_keys($ready) as $script) {
            echo "the $script script got '{$futures[$script]->await()->value}'\n";
            unset($streams[$script]);
        }
    }
    if (hrtime(true) >= $next) {
        $next += TICK * 1000;
        $ticks++;
        $script = array_key_first($due);
        // One after the other: the second has its turn when the first has answered.
        if ($script !== null && $ticks >= $due[$script] && count($streams) === count($due)) {
            echo "the loop ticks, and has something for the $script script\n";
            file_put_contents("$name.part", "said to the $script");
            rename("$name.part", "$name-$script");
            unset($due[$script]);
        }
    }
}
